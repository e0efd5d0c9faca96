//! When an account that left the primary of a list returns to it, and by what.

use crate::config::{FailbackMode, FailbackProbe, ServerSettings};
use crate::target::Target;
use crate::types::SECOND_MS;

/// Shortest stay at a backup whose address record has a shorter TTL, ms.
const MIN_TTL_STAY_MS: u64 = 30 * SECOND_MS;
/// Between two probes of one failback, ms: successes in a row shall show that the primary stays up.
pub const PROBE_SPACING_MS: u64 = 30 * SECOND_MS;

/// What comes next when the return is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailbackStep {
    /// An OPTIONS to the primary.
    ProbeByOptions,
    /// A REGISTER to the primary that only finds out.
    ProbeByRegister,
    /// A REGISTER to the primary that, when granted, is the return.
    Register,
    /// The next new request goes to the primary first.
    NextRequest,
}

/// From the switch to `target` until the primary is tried, ms. `None`: no such moment.
#[must_use]
pub fn stay_ms(settings: &ServerSettings, target: &Target) -> Option<u64> {
    let timeout = match settings.failback_timeout_s {
        0 => None,
        seconds => Some(u64::from(seconds) * SECOND_MS),
    };
    // An SRV record may hold a numeric address: there is no address record, so there is no TTL.
    let is_numeric = target.host().as_str() == target.address_text().as_str();
    match settings.failback_mode {
        FailbackMode::NewRequests | FailbackMode::Registration => None,
        FailbackMode::Duration => timeout,
        FailbackMode::DnsTtl if is_numeric => timeout,
        FailbackMode::DnsTtl => Some((u64::from(target.ttl_s) * SECOND_MS).max(MIN_TTL_STAY_MS)),
    }
}

/// What comes next after `successes` probes in a row were answered, of `needed` (at least 1).
#[must_use]
pub fn failback_step(settings: &ServerSettings, successes: u32, needed: u32) -> FailbackStep {
    match settings.failback_probe {
        FailbackProbe::Options if successes < needed => FailbackStep::ProbeByOptions,
        FailbackProbe::Register if successes + 1 < needed => FailbackStep::ProbeByRegister,
        // The last probe by REGISTER is the return.
        FailbackProbe::Register => FailbackStep::Register,
        FailbackProbe::None | FailbackProbe::Options => {
            match settings.register_on_enable || settings.failback_mode == FailbackMode::Registration {
                true => FailbackStep::Register,
                false => FailbackStep::NextRequest,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FailbackStep, failback_step, stay_ms};
    use crate::config::{Config, ServerSettings};
    use crate::target::{Target, TargetKey};
    use crate::types::{Server, Transport};

    fn settings(lines: &[&str]) -> ServerSettings {
        let mut text = "account.1.enable = 1\naccount.1.sip_server.1.address = pbx.example.com\n".to_owned();
        for line in lines {
            text += &format!("account.1.sip_server.1.{line}\n");
        }
        let mut config = Config::new(1);
        config.load_text(text.as_bytes());
        config.settings().accounts[0].server(Server::Working).unwrap().clone()
    }

    fn target(host: &str, ttl_s: u32) -> Target {
        let key = TargetKey { transport: Transport::Udp, address: "192.0.2.1:5060".parse().unwrap() };
        Target::new(key, host, ttl_s)
    }

    #[test]
    fn the_stay_at_a_backup_depends_on_the_mode() {
        let stay = |lines: &[&str], host, ttl_s| stay_ms(&settings(lines), &target(host, ttl_s));
        let timeout = "failback_timeout = 600";
        assert_eq!(stay(&["failback_mode = 0", timeout], "b", 300), None);
        assert_eq!(stay(&["failback_mode = 1", timeout], "b", 300), Some(300_000));
        assert_eq!(stay(&["failback_mode = 1", timeout], "b", 0), Some(30_000));
        assert_eq!(stay(&["failback_mode = 1", timeout], "192.0.2.1", 0), Some(600_000));
        assert_eq!(stay(&["failback_mode = 2", timeout], "b", 300), None);
        assert_eq!(stay(&["failback_mode = 3", timeout], "b", 300), Some(600_000));
        assert_eq!(stay(&["failback_mode = 3", "failback_timeout = 0"], "b", 300), None);
    }

    #[test]
    fn the_way_back_depends_on_registration_and_probe() {
        use FailbackStep::{NextRequest, ProbeByOptions, ProbeByRegister, Register};
        let steps = |lines: &[&str]| [0, 1, 2].map(|successes| failback_step(&settings(lines), successes, 2));
        let [three, two] = ["failback_mode = 3", "failback_mode = 2"];
        let [register, options] = ["failback_probe = 1", "failback_probe = 2"];
        let first = "register_on_enable = 1";
        assert_eq!(steps(&[three]), [NextRequest; 3]);
        assert_eq!(steps(&[three, first]), [Register; 3]);
        assert_eq!(steps(&[two]), [Register; 3]);
        assert_eq!(steps(&[three, register]), [ProbeByRegister, Register, Register]);
        assert_eq!(steps(&[three, options]), [ProbeByOptions, ProbeByOptions, NextRequest]);
        assert_eq!(steps(&[three, first, options]), [ProbeByOptions, ProbeByOptions, Register]);
    }
}
