//! What follows every input: the accounts hear what happened to their lists, and DNS messages are queued.

use super::{Engine, Shared};
use crate::account::{Action, DnsAnswer, Lists, LogLevel, What};
use crate::engine::directory::ListNews;
use crate::resolve::Settled;
use crate::types::{DnsTransport, Time};

impl Engine {
    /// After every input: tells the accounts what happened to lists, and queues what DNS wants sent.
    pub(super) fn settle(&mut self, now: Time) {
        if self.shared.directory.is_quiet() {
            return;
        }
        loop {
            self.shared.directory.collect(now);
            if !self.spread_news(now) {
                break;
            }
        }
        self.queue_dns();
    }

    /// Tells the accounts what they have to hear. False if there was nothing.
    pub(super) fn spread_news(&mut self, now: Time) -> bool {
        // What was learned stands in the log before what is made of it.
        self.queue_notes();
        let mut any = false;
        while let Some(news) = self.shared.directory.next_news() {
            any = true;
            match news {
                ListNews::Settled(account, server) => {
                    self.with_account(now, account, |account, ctx| account.on_list(ctx, server));
                }
                ListNews::Slow(account, server) => {
                    self.with_account(now, account, |account, ctx| account.on_list_slow(ctx, server));
                }
                ListNews::Changed(account, server, list) => {
                    self.with_account(now, account, |account, ctx| account.on_list_changed(ctx, server, &list));
                }
            }
        }
        any
    }

    fn queue_notes(&mut self) {
        let now = self.clock.now();
        let Shared { directory, actions, trace, .. } = &mut self.shared;
        for (question, answer) in directory.out.settled.drain(..) {
            trace.note_question(now, What::DnsAnswered(answer_of(answer)), question);
        }
        directory.tell(now, trace, actions);
    }

    fn queue_dns(&mut self) {
        self.queue_notes();
        let now = self.clock.now();
        let Shared { directory, actions, trace, options, .. } = &mut self.shared;
        while let Some(query) = directory.out.released.pop_front() {
            actions.push_back(Action::DnsReleased(query.0));
        }
        while let Some(datagram) = directory.out.sends.pop_front() {
            let over_tcp = datagram.transport == DnsTransport::Tcp;
            if options.log_level >= LogLevel::Debug {
                let (question, server) = (&datagram.question, datagram.server.0 + 1);
                let way = if over_tcp { " over TCP" } else { "" };
                actions
                    .push_back(Action::Log(LogLevel::Debug, format!("DNS server {server} is asked{way}: {question}")));
            }
            trace.note_question(now, What::DnsAsked(datagram.server, over_tcp), datagram.question);
            actions.push_back(Action::DnsSend {
                query: datagram.query.0,
                server: datagram.server,
                transport: datagram.transport,
                bytes: datagram.bytes,
            });
        }
    }
}

/// An answer of DNS as the trace keeps it.
const fn answer_of(settled: Settled) -> DnsAnswer {
    match settled {
        Settled::Records(count) => DnsAnswer::Records(count),
        Settled::Alias => DnsAnswer::Alias,
        Settled::NoData => DnsAnswer::NoData,
        Settled::NoSuchName => DnsAnswer::NoSuchName,
        Settled::Failed(failure) => DnsAnswer::Failed(failure),
    }
}
