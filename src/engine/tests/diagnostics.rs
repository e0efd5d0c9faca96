//! What is wrong with the configuration is told as events.

use super::world::options;
use crate::account::{Action, EventKind};
use crate::config::Config;
use crate::engine::{Engine, TraceFormat};

/// Account and text of each event about the configuration.
fn told(engine: &mut Engine) -> Vec<(u32, String)> {
    let actions = core::iter::from_fn(|| engine.next_action());
    let events = actions.filter_map(|action| match action {
        Action::Event(event) if event.kind == EventKind::Configuration => {
            assert_eq!(event.server, None);
            Some((event.account.0, event.text))
        }
        _ => None,
    });
    events.collect()
}

fn engine(text: &str) -> (Engine, Config) {
    let mut config = Config::new(16);
    config.load_text(text.as_bytes());
    (Engine::new(options(), &config.settings(), 0), config)
}

#[test]
fn each_remark_is_told_once_with_its_line_and_its_account() {
    let text = "account.1.enable = 1\n\
        account.1.sip_server.1.address = 192.0.2.1\n\
        account.1.sip_server.1.port = 70000\n\
        account.1.sip_server.1.failback_timeout = 600\n\
        account.2.enable = 2\n\
        account.1.password = secret # 1\n\
        account.1.outbound_proxy.Y.retry_counts = 3\n";
    let (mut engine, config) = engine(text);
    engine.tell_diagnostics(0, config.diagnostics());
    let told = told(&mut engine);
    assert_eq!(told.len(), config.diagnostics().len());
    let begins = |place: usize, account: u32, start: &str| {
        assert!(told[place].0 == account && told[place].1.starts_with(start), "{:?}", told[place]);
    };
    begins(0, 1, "configuration, line 3: error: account.1.sip_server.1.port = 70000: ");
    begins(1, 1, "configuration, line 4: warning: account.1.sip_server.1.failback_timeout = 600: ");
    // There is no account 2: it was not enabled.
    begins(2, 0, "configuration, line 5: error: account.2.enable = 2: ");
    begins(3, 1, "configuration, line 6: warning: account.1.password = ***: ");
    begins(4, 1, "configuration, line 7: error: account.1.outbound_proxy.Y.retry_counts = 3: index Y must be 1..2");
    let trace = engine.trace(0, 0, TraceFormat::Text);
    assert!(trace.contains("something to be corrected in line 7"), "{trace}");
}

#[test]
fn a_damaged_file_does_not_flood_the_firmware() {
    let (mut engine, config) = engine(&"account.1.enable = maybe\n".repeat(40));
    engine.tell_diagnostics(0, config.diagnostics());
    let told = told(&mut engine);
    assert_eq!(told.len(), 17);
    assert_eq!(told[16].1, "configuration: further 24 diagnostics, not told one by one");
}

#[test]
fn nothing_is_told_about_a_configuration_that_is_in_order() {
    let (mut engine, config) = engine("account.1.enable = 1\naccount.1.sip_server.1.address = 192.0.2.1\n");
    engine.tell_diagnostics(0, config.diagnostics());
    assert_eq!(told(&mut engine), []);
}
