//! What the device tells about its network.

use super::steps::SOURCES;
use super::*;

impl Device<'_> {
    pub(super) fn network(&self) -> (Call, sfo_status) {
        let (engine, now, account) = (self.engine.get(), self.now_ms.get(), self.number(3));
        // SAFETY: the engine lives, or is about to be freed when the outermost call returns; all other pointers are good.
        unsafe {
            match self.pick(5) {
                0 => (calls::ENGINE_SET_LINK, sfo_engine_set_link(engine, now, self.number(3))),
                1 => (calls::ENGINE_SET_FAMILIES, sfo_engine_set_families(engine, now, self.number(4))),
                2 => (calls::ENGINE_FLOW_LOST, sfo_engine_flow_lost(engine, now, account, self.number(3))),
                3 => {
                    let source = SOURCES[self.pick(SOURCES.len())].as_ptr();
                    (calls::ENGINE_HEARD_FROM, sfo_engine_heard_from(engine, now, account, source))
                }
                _ => {
                    let (servers, count) = (self.dns.servers(), self.pick(5));
                    let status = sfo_engine_set_dns_servers(engine, now, servers.as_ptr(), count);
                    (calls::ENGINE_SET_DNS_SERVERS, status)
                }
            }
        }
    }
}
