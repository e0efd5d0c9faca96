//! Dialogs: where the requests of a running call go, whatever the account does meanwhile.
//!
//! A dialog belongs to the target that set it up. A request inside it goes there and nowhere else, with all the time that
//! RFC 3261 gives a transaction; what becomes of it is reported, and does not move the account.

use super::attempt::AttemptState;
use super::context::{Context, ListState};
use super::machine::{Account, Phase as AccountPhase};
use super::request::{Kind, NewRequest, Request, StartError};
use super::walk::Walk;
use crate::policy::Method;
use crate::target::{Target, TargetList};
use crate::types::{AccountId, AttemptId, DialogId, RequestId, Server};
use core::net::IpAddr;
use std::sync::Arc;

/// A dialog that the firmware told of.
#[derive(Debug)]
pub struct Dialog {
    /// The account.
    pub account: AccountId,
    /// The server.
    pub server: Server,
    /// The list that its target was in when it began: whatever DNS says later.
    pub list: Arc<TargetList>,
    /// Position of the target.
    pub index: u8,
    /// An INVITE set it up: while it is open, a call is up.
    pub is_call: bool,
}

impl Dialog {
    fn target(&self) -> &Target {
        &self.list.targets()[usize::from(self.index)]
    }
}

/// A target, as a place in a list.
type Place = (Server, Arc<TargetList>, u8);

/// How a dialog began.
#[derive(Clone, Copy, Debug)]
pub enum NewDialog {
    /// By this attempt of ours.
    Outgoing(AttemptId),
    /// By a request of this method from this address.
    Incoming(IpAddr, Option<u16>, Method),
}

/// Why a dialog was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DialogError {
    /// There is no such attempt, or the address is no target of the account.
    NotFound,
    /// The account is not running, or nothing has answered the attempt.
    State,
    /// Too many dialogs at once.
    TooMany,
}

impl Account {
    /// The firmware tells of a dialog.
    ///
    /// # Errors
    /// See [`DialogError`].
    pub fn open_dialog(&mut self, ctx: &mut Context<'_>, new: NewDialog) -> Result<DialogId, DialogError> {
        if self.phase != AccountPhase::Running {
            return Err(DialogError::State);
        }
        let dialog = match new {
            NewDialog::Outgoing(attempt) => self.dialog_of_attempt(ctx, attempt)?,
            NewDialog::Incoming(ip, port, method) => {
                let (server, list, index) = self.source_target(ctx, ip, port).ok_or(DialogError::NotFound)?;
                Dialog { account: self.id, server, list, index, is_call: method == Method::Invite }
            }
        };
        let is_call = dialog.is_call;
        let id = DialogId(ctx.dialogs.insert(dialog).ok_or(DialogError::TooMany)?);
        self.dialogs.push(id);
        self.calls += u32::from(is_call);
        if is_call {
            // From here on the dialog says that a call is up.
            ctx.cancel_timer(&mut self.answered);
        }
        Ok(id)
    }

    fn dialog_of_attempt(&self, ctx: &Context<'_>, id: AttemptId) -> Result<Dialog, DialogError> {
        let attempt = ctx.attempts.get(id.0).filter(|attempt| attempt.account == self.id);
        let attempt = attempt.ok_or(DialogError::NotFound)?;
        if attempt.state == AttemptState::Open {
            return Err(DialogError::State);
        }
        Ok(Dialog {
            account: self.id,
            server: attempt.server,
            list: attempt.list.clone(),
            index: attempt.index,
            is_call: attempt.method == Method::Invite,
        })
    }

    /// The target at an address: the one that holds a binding before others, one with the same port before others.
    fn source_target(&self, ctx: &mut Context<'_>, ip: IpAddr, port: Option<u16>) -> Option<Place> {
        let mut found: Option<(u8, Place)> = None;
        for server in Server::BOTH {
            let bound = self.live_binding(ctx.now, server).map(|binding| (binding.target().key, binding.list.clone()));
            let bound_key = bound.as_ref().map(|(key, _)| *key);
            let known =
                ctx.lists.known(&self.settings, server).or_else(|| match self.list_for_walk(ctx, server, false) {
                    ListState::Ready(list) => Some(list),
                    _ => None,
                });
            let lists = [bound.map(|(_, list)| list), known];
            for list in lists.into_iter().flatten() {
                for (index, target) in list.targets().iter().enumerate() {
                    let key = target.key;
                    if key.address.ip().to_canonical() != ip {
                        continue;
                    }
                    let fits = u8::from(bound_key == Some(key)) * 2 + u8::from(port == Some(key.address.port()));
                    if found.as_ref().is_none_or(|(best, _)| fits > *best) {
                        found = Some((fits, (server, list.clone(), index as u8)));
                    }
                }
            }
        }
        found.map(|(_, place)| place)
    }

    /// The firmware tells that a dialog is over. Requests under way in it go on. False if there is no such dialog.
    pub fn close_dialog(&mut self, ctx: &mut Context<'_>, id: DialogId) -> bool {
        let Some(dialog) = ctx.dialogs.remove(id.0) else { return false };
        self.dialogs.retain(|open| *open != id);
        self.calls -= u32::from(dialog.is_call);
        true
    }

    /// The account ends, and its dialogs with it.
    pub(super) fn end_dialogs(&mut self, ctx: &mut Context<'_>) {
        for id in self.dialogs.take() {
            ctx.dialogs.remove(id.0);
        }
        self.calls = 0;
    }

    /// True if a dialog is open with a target at this address.
    #[must_use]
    pub fn has_dialog_with(&self, dialogs: &crate::types::Slab<Dialog>, ip: IpAddr) -> bool {
        let is_with = |id: &DialogId| {
            dialogs.get(id.0).is_some_and(|dialog| dialog.target().key.address.ip().to_canonical() == ip)
        };
        self.dialogs.iter().any(is_with)
    }

    /// Starts a request inside a dialog.
    pub(super) fn start_in_dialog(
        &mut self,
        ctx: &mut Context<'_>,
        new: NewRequest,
        dialog: DialogId,
    ) -> Result<RequestId, StartError> {
        let of_account = |dialog: &&Dialog| dialog.account == self.id;
        let dialog = ctx.dialogs.get(dialog.0).filter(of_account).ok_or(StartError::NoDialog)?;
        let walk = Walk::single(dialog.server, dialog.list.clone(), dialog.target().key);
        let id = self.insert_request(ctx, Kind::Firmware, new.method, new.token, walk).ok_or(StartError::TooMany)?;
        ctx.counters.requests_started += 1;
        if let Some(request) = ctx.requests.get_mut(id.0) {
            request.is_in_dialog = true;
        }
        self.advance(ctx, id);
        Ok(id)
    }

    /// What a request inside a dialog finds out concerns the account only where the account is.
    pub(super) fn concerns_account(&self, request: &Request) -> bool {
        let at = self.current_target().map(|target| target.key);
        !request.is_in_dialog || request.walk.single_target().is_some_and(|key| at == Some(key))
    }
}
