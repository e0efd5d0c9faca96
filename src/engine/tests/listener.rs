//! A host program with a logger of its own: it hears nothing of us, and keeps its logger.

use super::{B, Dns, P, World, domain_and_fallback};
use crate::engine::TraceFormat;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Counts what it hears, on every level.
#[derive(Clone, Default)]
struct Listener(Arc<AtomicUsize>);

impl Subscriber for Listener {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        self.0.fetch_add(1, Ordering::Relaxed);
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, _event: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

#[test]
fn a_logger_of_the_host_hears_nothing_and_stays() {
    let listener = Listener::default();
    let heard = listener.0.clone();
    tracing::subscriber::with_default(listener, || {
        let mut world = World::started(&domain_and_fallback(&[]));
        world.at(100.0);
        world.down(&[P, B]);
        world.invite();
        world.dns = Dns::ServFail;
        world.at(8_000.0);
        world.network_changed();
        let clock = world.clock();
        world.engine.handle_dns(clock, crate::types::DnsServerIndex(0), &[0xff; 64]);
        world.stop();
        assert!(!world.engine.trace(world.clock(), 0, TraceFormat::Text).is_empty());
        assert_eq!(heard.load(Ordering::Relaxed), 0, "the library speaks to the logger of the host");
        // The logger is still there, and hears.
        tracing::info!("by the host itself");
        assert_eq!(heard.load(Ordering::Relaxed), 1);
    });
}
