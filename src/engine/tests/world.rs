//! An engine between a fake SIP network and a fake DNS.

use super::attempts::{self, Sent};
use super::recorder::Recorder;
use super::zone::{Dns, Zone};
use super::{B, P, Watch};
use crate::account::{
    Action, Attempt, CancelMode, CancelSip, DoneReport, EventKind, FailedAttempt, FinalResponse, LogLevel, NewDialog,
    NewRequest, Purpose,
};
use crate::account::{ReportStatus, RequestResult};
use crate::config::{Config, Settings, Severity};
use crate::engine::EngineOptions;
use crate::policy::Method;
use crate::types::{AccountId, AttemptId, Cause, DialogId, DnsServerIndex, RequestId, Server, TransportFailure};
use core::net::IpAddr;
use std::collections::{BTreeMap, VecDeque};

/// What the caller's clock shows at the start.
const CLOCK_AT_START: u64 = 50_000_000;

/// What the stack reports about an attempt.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Provisional(u16),
    Final(FinalResponse),
    Failed(TransportFailure),
}

/// What a host makes of one request: reports, each so many ms after the request.
#[derive(Clone, Debug)]
pub struct Reply(pub Vec<(u64, Step)>);

impl Reply {
    pub fn silence() -> Reply {
        Reply(Vec::new())
    }

    pub fn code(status: u16) -> Reply {
        Reply(vec![(0, Step::Final(response(status)))])
    }

    pub fn retry_after(status: u16, seconds: u32) -> Reply {
        Reply(vec![(0, Step::Final(FinalResponse { retry_after_s: Some(seconds), ..response(status) }))])
    }

    pub fn min_expires(seconds: u32) -> Reply {
        Reply(vec![(0, Step::Final(FinalResponse { min_expires_s: Some(seconds), ..response(423) }))])
    }

    pub fn granted(seconds: u32) -> Reply {
        Reply(vec![(0, Step::Final(FinalResponse { granted_expires_s: Some(seconds), ..response(200) }))])
    }

    pub fn failure(failure: TransportFailure) -> Reply {
        Reply(vec![(0, Step::Failed(failure))])
    }

    pub fn provisional() -> Reply {
        Reply::ringing(180)
    }

    /// A provisional response with this status.
    pub fn ringing(status: u16) -> Reply {
        Reply(vec![(0, Step::Provisional(status))])
    }

    /// The same, later.
    pub fn after(mut self, ms: u64) -> Reply {
        for (at, _) in &mut self.0 {
            *at += ms;
        }
        self
    }

    /// And then this.
    pub fn then(mut self, more: Reply) -> Reply {
        self.0.extend(more.0);
        self
    }
}

/// A response without anything special.
pub fn response(status: u16) -> FinalResponse {
    FinalResponse {
        status,
        retry_after_s: None,
        granted_expires_s: None,
        min_expires_s: None,
        challenge_is_final: false,
    }
}

/// A host that answers everything with 200, unless told otherwise.
#[derive(Default)]
struct Host {
    is_down: bool,
    once: VecDeque<Reply>,
    always: BTreeMap<&'static str, Reply>,
}

/// Kinds of lines in the transcript.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Line {
    Sent,
    Left,
    Ended,
    Told,
}

/// A report or a DNS message under way.
enum Mail {
    Sip(AttemptId, Step),
    Dns(DnsServerIndex, Vec<u8>),
}

/// The world.
pub struct World {
    pub engine: Recorder,
    /// Milliseconds since the start.
    pub now: u64,
    /// What the caller's clock shows beyond `now`.
    pub clock: u64,
    /// At equal moments deadlines come before reports.
    pub timers_first: bool,
    /// The DNS server.
    pub dns: Dns,
    /// How long it takes to answer, ms.
    pub dns_delay: u64,
    /// How much longer it takes for these names, ms.
    pub slow_names: Vec<(&'static str, u64)>,
    pub zone: Zone,
    /// Since when a call is up on account 1.
    busy_since: Option<u64>,
    /// DNS questions, as "A pbx.example.com".
    pub asked: Vec<String>,
    /// Every attempt that was sent.
    pub attempts: Vec<AttemptId>,
    /// The same, for whoever asks when the engine has forgotten it.
    pub journal: Vec<Sent>,
    /// The attempt that a test has reported about itself last.
    pub reported: Option<AttemptId>,
    /// Warnings in the log.
    pub warnings: Vec<String>,
    /// The log on all levels, in the order in which it was written.
    pub log: Vec<(LogLevel, String)>,
    /// The targets that failed on the way of the request that ended last, and why.
    pub outcomes: Vec<String>,
    pub watch: Watch,
    hosts: BTreeMap<IpAddr, Host>,
    /// Dialogs that were opened.
    pub dialogs: Vec<DialogId>,
    /// The network is down.
    pub is_link_down: bool,
    mail: BTreeMap<(u64, u64), Mail>,
    mail_serial: u64,
    token: u64,
    transcript: Vec<(Line, String)>,
}

/// The settings of a text that has no errors.
pub fn settings(text: &str) -> Settings {
    let mut config = Config::new(16);
    config.load_text(text.as_bytes());
    let errors: Vec<_> = config.diagnostics().iter().filter(|remark| remark.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    config.settings()
}

/// Options without random spread.
pub fn options() -> EngineOptions {
    let mut options = EngineOptions::default();
    options.account.jitter = false;
    options.account.log_level = LogLevel::Debug;
    options
}

impl World {
    /// A world in which no account is started. `pbx.example.com` has a primary and a backup.
    pub fn new(text: &str) -> World {
        World::with(text, options())
    }

    pub fn with(text: &str, options: EngineOptions) -> World {
        World::of(&settings(text), options)
    }

    pub fn of(settings: &Settings, options: EngineOptions) -> World {
        let mut zone = Zone::default();
        zone.a("pbx.example.com", 300, &[P, B]);
        World {
            watch: Watch::new(options.account.t1_ms),
            engine: Recorder::new(options, settings, CLOCK_AT_START),
            now: 0,
            clock: CLOCK_AT_START,
            timers_first: false,
            dns: Dns::Up,
            dns_delay: 0,
            slow_names: Vec::new(),
            zone,
            busy_since: None,
            asked: Vec::new(),
            attempts: Vec::new(),
            journal: Vec::new(),
            reported: None,
            warnings: Vec::new(),
            log: Vec::new(),
            outcomes: Vec::new(),
            hosts: BTreeMap::new(),
            dialogs: Vec::new(),
            is_link_down: false,
            mail: BTreeMap::new(),
            mail_serial: 0,
            token: 0,
            transcript: Vec::new(),
        }
    }

    /// A world in which account 1 has just been started.
    pub fn started(text: &str) -> World {
        let mut world = World::new(text);
        world.start();
        world
    }

    /// A world in which account 1 runs and these hosts have been dead from the start.
    pub fn started_with_dead(text: &str, dead: &[&str]) -> World {
        let mut world = World::new(text);
        world.down(dead);
        world.start();
        world
    }

    // What happens.

    pub fn start(&mut self) {
        self.engine.start_account(self.clock(), AccountId(1)).unwrap();
        self.pump();
    }

    pub fn stop(&mut self) {
        self.engine.stop_account(self.clock(), AccountId(1)).unwrap();
        self.pump();
    }

    pub fn busy(&mut self, busy: bool) {
        self.set_busy(busy);
    }

    /// The same, whether the account exists or not.
    pub fn set_busy(&mut self, busy: bool) {
        self.pump();
        let is_known = self.engine.set_account_busy(self.clock(), AccountId(1), busy).is_ok();
        self.busy_since = (is_known && busy).then(|| self.busy_since.unwrap_or(self.now));
        self.pump();
    }

    pub fn reload(&mut self, text: &str) {
        self.reconfigure(&settings(text));
    }

    pub fn reconfigure(&mut self, settings: &Settings) {
        self.engine.reconfigure(self.clock(), settings);
        self.pump();
    }

    /// The network is back, if it was away.
    pub fn network_up(&mut self) {
        if self.is_link_down {
            self.network_changed();
        }
    }

    pub fn network_down(&mut self) {
        self.is_link_down = true;
        self.engine.network_down(self.clock());
        self.pump();
    }

    /// The firmware tells of a dialog of account 1.
    pub fn open_dialog(&mut self, new: NewDialog) -> Result<DialogId, crate::engine::InputError> {
        let id = self.engine.open_dialog(self.clock(), AccountId(1), new)?;
        self.dialogs.push(id);
        self.pump();
        Ok(id)
    }

    pub fn network_changed(&mut self) {
        self.is_link_down = false;
        self.engine.network_changed(self.clock());
        self.pump();
    }

    pub fn release(&mut self) {
        self.engine.release(self.clock());
        self.pump();
    }

    pub fn invite(&mut self) -> RequestId {
        self.request(Method::Invite)
    }

    pub fn request(&mut self, method: Method) -> RequestId {
        let id = self.start_request(method).unwrap();
        self.pump();
        id
    }

    /// A request whose actions stay in the queue.
    pub fn start_request(&mut self, method: Method) -> Result<RequestId, crate::engine::InputError> {
        self.token += 1;
        self.start_new(NewRequest::new(method, self.token))
    }

    /// A request of any kind, whose actions stay in the queue.
    pub fn start_new(&mut self, new: NewRequest) -> Result<RequestId, crate::engine::InputError> {
        let id = self.engine.start_request(self.clock(), AccountId(1), new)?;
        self.watch.started(id);
        Ok(id)
    }

    pub fn cancel(&mut self, id: RequestId) {
        self.engine.cancel_request(self.clock(), id).unwrap();
        self.watch.cancelled(id);
        self.pump();
    }

    /// A report that no host of this world sends.
    pub fn report(&mut self, attempt: AttemptId, step: Step) -> ReportStatus {
        self.reported = Some(attempt);
        let clock = self.clock();
        let status = match step {
            Step::Provisional(status) => self.engine.provisional(clock, attempt, status),
            Step::Final(response) => self.engine.final_response(clock, attempt, response),
            Step::Failed(failure) => self.engine.transport_failed(clock, attempt, failure),
        };
        let is_over = match step {
            Step::Provisional(_) => false,
            Step::Final(response) => !matches!(response.status, 401 | 407) || response.challenge_is_final,
            Step::Failed(_) => true,
        };
        if is_over {
            self.watch.settled(attempt);
        }
        self.pump();
        status
    }

    // The SIP network.

    /// These hosts fall silent.
    pub fn down(&mut self, hosts: &[&str]) {
        for host in hosts {
            self.host(host).is_down = true;
        }
    }

    pub fn up(&mut self, hosts: &[&str]) {
        for host in hosts {
            self.host(host).is_down = false;
        }
    }

    /// What a host makes of the next request.
    pub fn once(&mut self, host: &str, reply: Reply) {
        self.host(host).once.push_back(reply);
    }

    /// What a host makes of every request of a method from now on; "" stands for all methods.
    pub fn always(&mut self, host: &str, method: &'static str, reply: Reply) {
        self.host(host).always.insert(method, reply);
    }

    /// A host answers everything with 200 again.
    pub fn heal(&mut self, host: &str) {
        *self.host(host) = Host::default();
    }

    fn host(&mut self, ip: &str) -> &mut Host {
        self.hosts.entry(ip.parse().unwrap()).or_default()
    }

    fn reply(&mut self, ip: IpAddr, method: Method) -> Reply {
        let host = self.hosts.entry(ip).or_default();
        if host.is_down {
            return Reply::silence();
        }
        let once = host.once.pop_front();
        let always = host.always.get(method.text()).or_else(|| host.always.get(""));
        once.or_else(|| always.cloned()).unwrap_or_else(|| Reply::code(200))
    }

    // Time.

    /// What the caller's clock shows.
    pub fn clock(&self) -> u64 {
        self.clock + self.now
    }

    /// Lets the world run until this moment, in seconds.
    pub fn at(&mut self, seconds: f64) {
        self.run_to((seconds * 1_000.0).round() as u64);
    }

    pub fn run_to(&mut self, end: u64) {
        self.pump();
        while let Some(next) = self.next_moment().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.step();
        }
        self.now = self.now.max(end);
    }

    fn deadline(&self) -> Option<u64> {
        self.engine.next_deadline().map(|at| at.saturating_sub(self.clock))
    }

    fn next_moment(&self) -> Option<u64> {
        let mail = self.mail.keys().next().map(|(at, _)| *at);
        mail.into_iter().chain(self.deadline()).min()
    }

    fn step(&mut self) {
        let has_mail = self.mail.keys().next().is_some_and(|(at, _)| *at <= self.now);
        let is_due = self.deadline().is_some_and(|at| at <= self.now);
        if has_mail && !(is_due && self.timers_first) {
            self.deliver();
        } else {
            self.engine.handle_timer(self.clock());
            self.pump();
        }
    }

    /// Delivers everything that takes no time.
    pub fn pump(&mut self) {
        for round in 0.. {
            assert!(round < 10_000, "no end at {}: {:?}", self.now, self.transcript.last());
            self.drain();
            if self.mail.keys().next().is_none_or(|(at, _)| *at > self.now) {
                return;
            }
            self.deliver_one();
        }
    }

    fn deliver(&mut self) {
        self.deliver_one();
        self.pump();
    }

    fn deliver_one(&mut self) {
        let Some((_, mail)) = self.mail.pop_first() else { return };
        let clock = self.clock();
        match mail {
            Mail::Dns(server, bytes) => self.engine.handle_dns(clock, server, &bytes),
            Mail::Sip(attempt, Step::Provisional(status)) => {
                self.engine.provisional(clock, attempt, status);
            }
            Mail::Sip(attempt, Step::Failed(failure)) => {
                self.watch.settled(attempt);
                self.engine.transport_failed(clock, attempt, failure);
            }
            Mail::Sip(attempt, Step::Final(response)) => {
                if !matches!(response.status, 401 | 407) || response.challenge_is_final {
                    self.watch.settled(attempt);
                }
                self.engine.final_response(clock, attempt, response);
            }
        }
    }

    fn post(&mut self, ms: u64, mail: Mail) {
        self.mail_serial += 1;
        self.mail.insert((self.now + ms, self.mail_serial), mail);
    }

    // What comes out.

    /// Takes everything out of the queue.
    pub fn drain(&mut self) {
        while let Some(action) = self.engine.next_action() {
            match action {
                Action::Send(id) => self.on_send(id),
                Action::Cancel(cancel) => self.on_cancel(cancel),
                Action::Done(id) => self.on_done(id),
                Action::Event(event) => {
                    // What began before the call may still be answered in it, within the lifetime of a transaction.
                    let is_long_busy = self.busy_since.is_some_and(|since| self.now - since > 40_000);
                    let is_back = event.kind == EventKind::FailbackDone;
                    assert!(!(is_back && is_long_busy), "back at the primary during a call");
                    let about = event.text.strip_prefix("account 1: ").unwrap_or(&event.text).to_owned();
                    self.write(Line::Told, &about);
                }
                Action::DnsSend { query, server, bytes, .. } => self.on_dns(query, server, &bytes),
                Action::Log(level, line) => {
                    if level == LogLevel::Warning {
                        self.warnings.push(line.clone());
                    }
                    self.log.push((level, line));
                }
                Action::DnsReleased(_) => {}
            }
        }
    }

    fn on_send(&mut self, id: AttemptId) {
        let attempt = self.engine.take_send(id).unwrap().clone();
        let (line, ip, method) = (sent_line(&attempt), attempt.target().key.address.ip(), attempt.method);
        self.watch.sent(id, &attempt);
        attempts::check(&self.engine, &attempt, self.watch.t1_ms);
        self.journal.push(Sent::new(self.now, &attempt));
        self.attempts.push(id);
        self.write(Line::Sent, &line);
        assert!(!self.is_link_down, "something is sent while the network is down");
        for (ms, step) in self.reply(ip, method).0 {
            self.post(ms, Mail::Sip(id, step));
        }
    }

    fn on_cancel(&mut self, cancel: CancelSip) {
        self.watch.settled(cancel.attempt);
        attempts::check_left(&self.engine, &cancel);
        let target = self.engine.attempt(cancel.attempt).map(|attempt| attempt.target().as_str().to_owned());
        let mode = match cancel.mode {
            CancelMode::Stop => "stop",
            CancelMode::Cancel => "cancel",
            CancelMode::Destroy => "destroy",
        };
        self.write(Line::Left, &format!("{mode} {} {}", cancel.method.text(), target.unwrap_or_default()));
    }

    fn on_done(&mut self, id: RequestId) {
        let report = self.engine.take_done(id).unwrap();
        self.watch.done(id, &report);
        let outcome = |failed: &FailedAttempt| format!("{} {}", failed.target.to_str().unwrap(), failed.cause.text());
        self.outcomes = report.failed.iter().map(outcome).collect();
        self.write(Line::Ended, &ended_line(&report));
    }

    fn on_dns(&mut self, query: u64, server: DnsServerIndex, bytes: &[u8]) {
        let (owner, kind) = crate::dns::testing::asked(bytes);
        let kind = match kind {
            1 => "A",
            28 => "AAAA",
            33 => "SRV",
            35 => "NAPTR",
            _ => "?",
        };
        self.asked.push(format!("{kind} {owner}"));
        let _ = query;
        let reply = match self.dns {
            Dns::Silent => return,
            Dns::Up => self.zone.reply(bytes),
            Dns::ServFail => crate::dns::testing::Reply::to(bytes).code(2).bytes(),
        };
        let slow_ms = self.slow_names.iter().find(|(name, _)| *name == owner).map_or(0, |(_, ms)| *ms);
        self.post(self.dns_delay + slow_ms, Mail::Dns(server, reply));
    }

    fn write(&mut self, kind: Line, what: &str) {
        let line = format!("{} {what}", seconds(self.now));
        self.transcript.push((kind, line));
    }

    fn take(&mut self, kind: Line) -> Vec<String> {
        let (taken, left) = self.transcript.drain(..).partition(|(of, _)| *of == kind);
        self.transcript = left;
        let taken: Vec<(Line, String)> = taken;
        taken.into_iter().map(|(_, line)| line).collect()
    }

    /// Takes the lines about what was sent.
    pub fn sent(&mut self) -> Vec<String> {
        self.take(Line::Sent)
    }

    /// Takes the lines about transactions that were left.
    pub fn left(&mut self) -> Vec<String> {
        self.take(Line::Left)
    }

    /// Takes the lines about requests that ended.
    pub fn ended(&mut self) -> Vec<String> {
        self.take(Line::Ended)
    }

    /// Takes the events.
    pub fn told(&mut self) -> Vec<String> {
        self.take(Line::Told)
    }

    /// Takes everything, in order.
    pub fn all(&mut self) -> Vec<String> {
        self.transcript.drain(..).map(|(_, line)| line).collect()
    }

    /// Forgets the transcript so far.
    pub fn forget(&mut self) {
        self.transcript.clear();
    }

    pub fn last_attempt(&self) -> AttemptId {
        *self.attempts.last().unwrap()
    }

    pub fn current(&self) -> Server {
        self.engine.account_view(AccountId(1)).unwrap().current
    }

    /// Registration of one server (1 or 2) in words.
    pub fn state(&self, server: usize) -> &'static str {
        self.engine.account_view(AccountId(1)).unwrap().registrations[server - 1].0.text()
    }
}

fn sent_line(attempt: &Attempt) -> String {
    let method = match attempt.purpose {
        Purpose::Unregister => "UNREGISTER",
        Purpose::Request | Purpose::Register | Purpose::Probe => attempt.method.text(),
    };
    // The tests have one account, except those of two.
    let account = if attempt.account == AccountId(1) { String::new() } else { format!("({}) ", attempt.account.0) };
    let budget = attempt.budget;
    format!("{account}{method} {} ({}, {})", attempt.target().as_str(), budget.retransmissions, budget.ms)
}

fn ended_line(report: &DoneReport) -> String {
    let end = match (report.result, report.cause) {
        (RequestResult::Answered, Cause::Response(status)) => status.to_string(),
        (RequestResult::Failed, Cause::Response(status)) => format!("failed: {status}"),
        (RequestResult::Failed, cause) => format!("failed: {}", cause.text()),
        (RequestResult::Stopped, _) => "stopped".to_owned(),
        (RequestResult::Released, _) => "released".to_owned(),
        (RequestResult::Answered, cause) => panic!("an answer without a status: {cause:?}"),
    };
    format!("{} {end}", report.method.text())
}

/// Seconds without needless zeros.
fn seconds(ms: u64) -> String {
    let text = format!("{}.{:03}", ms / 1_000, ms % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
