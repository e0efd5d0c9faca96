//! An explanation for machines.

use super::facts::{Explanation, Origin, Place, ServerFacts};
use super::sentences;
use crate::account::Phase;
use crate::engine::json::Json;
use crate::types::{Cause, Time};

impl Explanation {
    /// The explanation as one JSON object. Times are milliseconds from the moment of the explanation.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = Json::default();
        json.object(|json| {
            json.number("account", u64::from(self.account.0));
            json.text("method", self.method.text());
            json.text("account_state", phase(self.phase));
            json.text("redundancy", self.redundancy);
            json.array("servers", &self.servers, |json, server| self.server(json, server));
            json.array("candidates", &self.candidates, |json, place| self.place(json, place));
            json.array("passed_over", &self.passed_over, |json, place| self.place(json, place));
            json.texts("notes", &self.remarks);
        });
        json.finish()
    }

    fn server(&self, json: &mut Json, facts: &ServerFacts) {
        json.number("server", u64::from(facts.server.number()));
        json.text("host", &facts.host);
        json.truth("current", facts.is_current);
        json.text("registration", facts.registration.0.text());
        self.cause(json, "registration_cause", facts.registration.1);
        if let Some((target, until)) = &facts.binding {
            json.text("registered_at", target);
            json.number("registered_ms", until.since(self.now));
        }
        json.text("targets", &facts.targets);
        json.truth("asks_dns", facts.asks_dns);
    }

    fn place(&self, json: &mut Json, place: &Place) {
        json.text("target", &place.target);
        json.number("server", u64::from(place.server.number()));
        json.text("host", &place.host);
        json.text("rule", &place.rule);
        if let Some(ms) = place.budget_ms {
            json.number("budget_ms", ms);
            json.truth("registers_first", place.registers_first);
        }
        json.text("origin", sentences::origin_word(place.origin));
        if let Origin::Live(until) = place.origin {
            json.number("ttl_left_ms", until.since(self.now));
        }
        if let Some(failure) = place.health.failure {
            json.number("failed_ago_ms", self.now.since(failure.at));
            self.cause(json, "failure", failure.cause);
        }
        self.until(json, "quarantine_ms", place.health.quarantined_until);
        self.until(json, "pause_ms", place.health.paused_until);
        self.until(json, "registered_ms", place.health.registered_until);
    }

    fn cause(&self, json: &mut Json, key: &str, cause: Cause) {
        if cause != Cause::None {
            json.text(key, &sentences::cause(cause));
        }
    }

    fn until(&self, json: &mut Json, key: &str, until: Option<Time>) {
        if let Some(until) = until {
            json.number(key, until.since(self.now));
        }
    }
}

const fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Off => "off",
        Phase::Running => "running",
        Phase::Stopping => "stopping",
    }
}
