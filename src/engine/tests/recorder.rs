//! An engine that writes down everything that is put in and taken out, and a player that does it again.

use crate::account::{Action, Attempt, DoneReport, FinalResponse, NewDialog, NewRequest, ReportStatus};
use crate::config::Settings;
use crate::engine::{Engine, EngineOptions, InputError};
use crate::types::{AccountId, AttemptId, DialogId, DnsServerIndex, Families, RequestId, Server, TransportFailure};
use core::net::{IpAddr, SocketAddr};
use core::ops::{Deref, DerefMut};

/// One call, with everything that it was given.
#[derive(Clone, Debug)]
enum Call {
    Timer(u64),
    Dns(u64, DnsServerIndex, Vec<u8>),
    DnsServers(u64, Vec<SocketAddr>),
    Families(u64, Families),
    Import(u64, u64, Vec<u8>),
    Network(u64),
    NetworkDown(u64),
    FlowLost(u64, AccountId, Vec<Server>),
    Heard(u64, Option<AccountId>, IpAddr, Option<u16>),
    OpenDialog(u64, AccountId, NewDialog),
    CloseDialog(u64, DialogId),
    Reload(u64, Settings),
    Start(u64, AccountId),
    Stop(u64, AccountId),
    Busy(u64, AccountId, bool),
    Request(u64, AccountId, NewRequest),
    Cancel(u64, RequestId),
    Provisional(u64, AttemptId, u16),
    Final(u64, AttemptId, FinalResponse),
    Failed(u64, AttemptId, TransportFailure),
    Release(u64),
    TakeSend(AttemptId),
    TakeDone(RequestId),
    /// What came out of the queue, as text.
    Next(String),
}

/// The engine of a world. Calls that are not here go to the engine directly, and are no inputs.
pub struct Recorder {
    engine: Engine,
    made_of: (EngineOptions, Settings, u64),
    calls: Vec<Call>,
    /// False: nothing is written down.
    pub writes: bool,
}

impl Deref for Recorder {
    type Target = Engine;
    fn deref(&self) -> &Engine {
        &self.engine
    }
}

impl DerefMut for Recorder {
    fn deref_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }
}

impl Recorder {
    pub fn new(options: EngineOptions, settings: &Settings, now_ms: u64) -> Recorder {
        let made_of = (options.clone(), settings.clone(), now_ms);
        Recorder { engine: Engine::new(options, settings, now_ms), made_of, calls: Vec::new(), writes: true }
    }

    fn note(&mut self, call: impl FnOnce() -> Call) {
        if self.writes {
            self.calls.push(call());
        }
    }

    /// Number of calls written down.
    pub fn recorded(&self) -> usize {
        self.calls.len()
    }

    /// Puts the same into a new engine, and compares what comes out, action by action.
    pub fn replay(&self) -> Engine {
        let (options, settings, now_ms) = &self.made_of;
        let mut engine = Engine::new(options.clone(), settings, *now_ms);
        for (place, call) in self.calls.iter().enumerate() {
            match play(&mut engine, call) {
                Some(action) if !matches!(call, Call::Next(recorded) if *recorded == action) => {
                    panic!("call {place}: {call:?} was recorded, {action} came out")
                }
                _ => {}
            }
        }
        engine
    }

    pub fn handle_timer(&mut self, now_ms: u64) {
        self.note(|| Call::Timer(now_ms));
        self.engine.handle_timer(now_ms);
    }

    pub fn handle_dns(&mut self, now_ms: u64, server: DnsServerIndex, bytes: &[u8]) {
        self.note(|| Call::Dns(now_ms, server, bytes.to_vec()));
        self.engine.handle_dns(now_ms, server, bytes);
    }

    pub fn set_dns_servers(&mut self, now_ms: u64, servers: &[SocketAddr]) {
        self.note(|| Call::DnsServers(now_ms, servers.to_vec()));
        self.engine.set_dns_servers(now_ms, servers);
    }

    pub fn import(&mut self, now_ms: u64, unix_ms: u64, bytes: &[u8]) -> Result<(), InputError> {
        self.note(|| Call::Import(now_ms, unix_ms, bytes.to_vec()));
        self.engine.import(now_ms, unix_ms, bytes)
    }

    /// No input: nothing changes.
    pub fn export(&mut self, now_ms: u64, unix_ms: u64) -> Vec<u8> {
        self.engine.export(now_ms, unix_ms)
    }

    pub fn set_families(&mut self, now_ms: u64, families: Families) {
        self.note(|| Call::Families(now_ms, families));
        self.engine.set_families(now_ms, families);
    }

    pub fn network_changed(&mut self, now_ms: u64) {
        self.note(|| Call::Network(now_ms));
        self.engine.network_changed(now_ms);
    }

    pub fn reconfigure(&mut self, now_ms: u64, settings: &Settings) {
        self.note(|| Call::Reload(now_ms, settings.clone()));
        self.engine.reconfigure(now_ms, settings);
    }

    pub fn start_account(&mut self, now_ms: u64, id: AccountId) -> Result<(), InputError> {
        self.note(|| Call::Start(now_ms, id));
        self.engine.start_account(now_ms, id)
    }

    pub fn stop_account(&mut self, now_ms: u64, id: AccountId) -> Result<(), InputError> {
        self.note(|| Call::Stop(now_ms, id));
        self.engine.stop_account(now_ms, id)
    }

    pub fn set_account_busy(&mut self, now_ms: u64, id: AccountId, busy: bool) -> Result<(), InputError> {
        self.note(|| Call::Busy(now_ms, id, busy));
        self.engine.set_account_busy(now_ms, id, busy)
    }

    pub fn start_request(&mut self, now_ms: u64, id: AccountId, new: NewRequest) -> Result<RequestId, InputError> {
        self.note(|| Call::Request(now_ms, id, new));
        self.engine.start_request(now_ms, id, new)
    }

    pub fn network_down(&mut self, now_ms: u64) {
        self.note(|| Call::NetworkDown(now_ms));
        self.engine.network_down(now_ms);
    }

    pub fn flow_lost(&mut self, now_ms: u64, id: AccountId, servers: &[Server]) -> Result<(), InputError> {
        self.note(|| Call::FlowLost(now_ms, id, servers.to_vec()));
        self.engine.flow_lost(now_ms, id, servers)
    }

    pub fn heard_from(
        &mut self,
        now_ms: u64,
        id: Option<AccountId>,
        ip: IpAddr,
        port: Option<u16>,
    ) -> Result<(), InputError> {
        self.note(|| Call::Heard(now_ms, id, ip, port));
        self.engine.heard_from(now_ms, id, ip, port)
    }

    pub fn open_dialog(&mut self, now_ms: u64, id: AccountId, new: NewDialog) -> Result<DialogId, InputError> {
        self.note(|| Call::OpenDialog(now_ms, id, new));
        self.engine.open_dialog(now_ms, id, new)
    }

    pub fn close_dialog(&mut self, now_ms: u64, id: DialogId) -> Result<(), InputError> {
        self.note(|| Call::CloseDialog(now_ms, id));
        self.engine.close_dialog(now_ms, id)
    }

    pub fn cancel_request(&mut self, now_ms: u64, id: RequestId) -> Result<(), InputError> {
        self.note(|| Call::Cancel(now_ms, id));
        self.engine.cancel_request(now_ms, id)
    }

    pub fn provisional(&mut self, now_ms: u64, id: AttemptId, status: u16) -> ReportStatus {
        self.note(|| Call::Provisional(now_ms, id, status));
        self.engine.provisional(now_ms, id, status)
    }

    pub fn final_response(&mut self, now_ms: u64, id: AttemptId, response: FinalResponse) -> ReportStatus {
        self.note(|| Call::Final(now_ms, id, response));
        self.engine.final_response(now_ms, id, response)
    }

    pub fn transport_failed(&mut self, now_ms: u64, id: AttemptId, failure: TransportFailure) -> ReportStatus {
        self.note(|| Call::Failed(now_ms, id, failure));
        self.engine.transport_failed(now_ms, id, failure)
    }

    pub fn release(&mut self, now_ms: u64) {
        self.note(|| Call::Release(now_ms));
        self.engine.release(now_ms);
    }

    pub fn take_send(&mut self, id: AttemptId) -> Option<&Attempt> {
        self.note(|| Call::TakeSend(id));
        self.engine.take_send(id).map(|(attempt, _)| attempt)
    }

    pub fn take_done(&mut self, id: RequestId) -> Option<DoneReport> {
        self.note(|| Call::TakeDone(id));
        self.engine.take_done(id)
    }

    pub fn next_action(&mut self) -> Option<Action> {
        let action = self.engine.next_action();
        self.note(|| Call::Next(format!("{action:?}")));
        action
    }
}

/// Repeats one call; what comes out of the queue, as text.
fn play(engine: &mut Engine, call: &Call) -> Option<String> {
    match call {
        Call::Timer(now) => engine.handle_timer(*now),
        Call::Dns(now, server, bytes) => engine.handle_dns(*now, *server, bytes),
        Call::DnsServers(now, servers) => engine.set_dns_servers(*now, servers),
        Call::Import(now, unix, bytes) => drop(engine.import(*now, *unix, bytes)),
        Call::Families(now, families) => engine.set_families(*now, *families),
        Call::Network(now) => engine.network_changed(*now),
        Call::Reload(now, settings) => engine.reconfigure(*now, settings),
        Call::Start(now, id) => drop(engine.start_account(*now, *id)),
        Call::Stop(now, id) => drop(engine.stop_account(*now, *id)),
        Call::Busy(now, id, busy) => drop(engine.set_account_busy(*now, *id, *busy)),
        Call::Request(now, id, new) => drop(engine.start_request(*now, *id, *new)),
        Call::NetworkDown(now) => engine.network_down(*now),
        Call::FlowLost(now, id, servers) => drop(engine.flow_lost(*now, *id, servers)),
        Call::Heard(now, id, ip, port) => drop(engine.heard_from(*now, *id, *ip, *port)),
        Call::OpenDialog(now, id, new) => drop(engine.open_dialog(*now, *id, *new)),
        Call::CloseDialog(now, id) => drop(engine.close_dialog(*now, *id)),
        Call::Cancel(now, id) => drop(engine.cancel_request(*now, *id)),
        Call::Provisional(now, id, status) => {
            engine.provisional(*now, *id, *status);
        }
        Call::Final(now, id, response) => {
            engine.final_response(*now, *id, *response);
        }
        Call::Failed(now, id, failure) => {
            engine.transport_failed(*now, *id, *failure);
        }
        Call::Release(now) => engine.release(*now),
        Call::TakeSend(id) => {
            engine.take_send(*id);
        }
        Call::TakeDone(id) => drop(engine.take_done(*id)),
        Call::Next(_) => return Some(format!("{:?}", engine.next_action())),
    }
    None
}
