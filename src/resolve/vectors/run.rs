//! Runs one case.

use super::parse::{Case, Complaint, Expected, Step, Subject, What};
use super::server::{Arrival, Change, Servers};
use super::zone;
use crate::config::{Config, KeyError, Settings, Severity};
use crate::dns::testing::asked;
use crate::resolve::{
    JobId, Origin, Resolution, ResolveOutput, ResolveSpec, ResolvedTarget, Resolver, ResolverOptions, Stage,
};
use crate::types::{AccountId, DnsServerIndex, Families, Random, SECOND_MS, Server, Time};
use std::collections::BTreeMap;

/// Percentage points that a share may be off: twice the standard deviation of 2,000 draws. The draws are the same in
/// every run, so that this is no matter of luck.
const TOLERANCE: u32 = 2;

/// Runs all steps; the first one that does not hold ends the case.
pub fn run(case: &Case) -> Result<(), Complaint> {
    let settings = settings(case)?;
    let mut world = World::new(case, &settings);
    let mut lists: BTreeMap<(u32, usize), Vec<String>> = BTreeMap::new();
    for step in &case.steps {
        world.pass(step.after_ms);
        for (line, change) in &step.changes {
            world.change(change).map_err(|why| (*line, why))?;
        }
        let begun = world.now;
        let draws = step.expected.iter().any(|expected| matches!(expected.what, What::Shares(..)));
        let results = if draws { Vec::new() } else { world.resolve(case, &settings, step)? };
        for (expected, resolution) in &results {
            let subject = (expected.subject.0.0, expected.subject.1.index());
            let found: Vec<String> = resolution.targets.iter().map(target).collect();
            check(expected, resolution, &found, lists.get(&subject), world.now)?;
            lists.insert(subject, found);
        }
        for expected in step.expected.iter().filter(|_| draws) {
            world.draw(case, &settings, expected)?;
        }
        check_rounds(step, begun, &mut world.rounds)?;
        if world.now - begun != step.took_ms {
            let text = format!("took {} s, expected {} s", seconds(world.now - begun), seconds(step.took_ms));
            return Err((step.line, text));
        }
    }
    Ok(())
}

/// The settings of a case; every remark about them has to be announced.
fn settings(case: &Case) -> Result<Settings, Complaint> {
    let mut config = Config::new(16);
    for expected in case.steps.iter().flat_map(|step| &step.expected) {
        let on = config.set(&format!("account.{}.enable", expected.subject.0.0), "1");
        on.map_err(|why| (expected.line, why.to_string()))?;
    }
    for line in &case.config {
        let key = line.text.split('=').next().unwrap_or_default().trim();
        // A key that belongs to nobody draws no remark, as the phone has other keys than ours.
        if let Err(KeyError::Unknown { .. }) = config.get(key) {
            return Err((line.number, format!("expected a provisioning key, and not \"{key}\"")));
        }
    }
    let text: Vec<&str> = case.config.iter().map(|line| line.text.as_str()).collect();
    config.load_text(text.join("\n").as_bytes());
    let mut announced = case.warns.clone();
    for remark in config.diagnostics() {
        let line = case.config.get((remark.line as usize).wrapping_sub(1)).map_or(case.line, |line| line.number);
        let place = announced.iter().position(|key| *key == remark.key);
        match place.filter(|_| remark.severity == Severity::Warning) {
            Some(place) => drop(announced.remove(place)),
            None => return Err((line, format!("{}: {}", remark.key, remark.message))),
        }
    }
    match announced.first() {
        Some(key) => Err((case.line, format!("expected a warning about {key}"))),
        None => Ok(config.settings()),
    }
}

/// What is to be resolved for a server, as the engine puts it together.
fn spec(case: &Case, settings: &Settings, (account, server): Subject, fate: u32) -> Option<ResolveSpec> {
    let account = settings.accounts.iter().find(|known| known.id == account)?;
    let configured = account.server(server)?;
    Some(ResolveSpec {
        host: configured.host.clone(),
        port: configured.port,
        transport: configured.transport,
        dns: account.dns,
        supported: case.transports,
        ip_address_mode: settings.device.ip_address_mode,
        families: Families::default(),
        srv_weight: configured.srv_weight,
        tie_break: u64::from(fate).wrapping_mul(0x9e37_79b9_7f4a_7c15),
    })
}

struct World {
    resolver: Resolver,
    out: ResolveOutput,
    servers: Servers,
    now: u64,
    on_the_way: Vec<(u64, Arrival)>,
    /// When a job had its first targets.
    firsts: BTreeMap<JobId, u64>,
    /// When a round of queries was sent, and which.
    rounds: Vec<(u64, Vec<String>)>,
}

impl World {
    fn new(case: &Case, settings: &Settings) -> World {
        let options = ResolverOptions { cache_entries: case.cache_entries, ..ResolverOptions::default() };
        let count = settings.device.dns_servers.len();
        let mut world = World {
            resolver: Resolver::new(options, Random::new(&[5; 32])),
            out: ResolveOutput::default(),
            servers: Servers::new(if count == 0 { 1 } else { count }),
            now: SECOND_MS,
            on_the_way: Vec::new(),
            firsts: BTreeMap::new(),
            rounds: Vec::new(),
        };
        world.resolver.configure(&settings.device);
        world.resolver.set_servers(Time(world.now), world.servers.count(), &mut world.out);
        world
    }

    fn change(&mut self, change: &Change) -> Result<(), String> {
        let before = self.servers.count();
        self.servers.apply(change)?;
        if self.servers.count() != before {
            self.resolver.set_servers(Time(self.now), self.servers.count(), &mut self.out);
        }
        Ok(())
    }

    /// Resolves all servers of a step at the same time.
    fn resolve<'a>(
        &mut self,
        case: &Case,
        settings: &Settings,
        step: &'a Step,
    ) -> Result<Vec<(&'a Expected, Resolution)>, Complaint> {
        let begun = self.now;
        let mut jobs = Vec::new();
        for expected in &step.expected {
            let spec = spec(case, settings, expected.subject, expected.subject.0.0)
                .ok_or_else(|| (expected.line, "this server has no address in the configuration".to_owned()))?;
            jobs.push((expected, self.start(&spec)));
        }
        self.settle();
        let mut results = Vec::new();
        for (expected, job) in jobs {
            results.push((expected, self.finish(job).ok_or_else(|| (expected.line, "no end".to_owned()))?));
            let first = self.firsts.get(&job).copied().unwrap_or(u64::MAX);
            check_time(expected.begins, Time(first), begun, "the first target is known after")?;
        }
        Ok(results)
    }

    fn start(&mut self, spec: &ResolveSpec) -> JobId {
        self.resolver.start(Time(self.now), spec, &mut self.out).expect("there is room for the jobs of a step")
    }

    fn finish(&mut self, job: JobId) -> Option<Resolution> {
        for _ in 0..10_000 {
            let serves = |(id, list): &(JobId, Resolution)| match list.stage {
                Stage::Done => *id == job,
                Stage::Waited => *id == job && !list.targets.is_empty(),
                Stage::Begun => false,
            };
            if let Some(place) = self.out.lists.iter().position(serves) {
                return self.out.lists.remove(place).map(|(_, resolution)| resolution);
            }
            self.now = self.next_event()?;
            self.happen();
        }
        None
    }

    fn draw(&mut self, case: &Case, settings: &Settings, expected: &Expected) -> Result<(), Complaint> {
        let What::Shares(count, shares) = &expected.what else {
            return Err((expected.line, "expected \"shares\" alone in its step".to_owned()));
        };
        let mut firsts: BTreeMap<String, u32> = BTreeMap::new();
        for fate in 0..*count {
            let spec = spec(case, settings, (AccountId(1), Server::BOTH[0]), fate);
            let job = self.start(&spec.ok_or_else(|| (expected.line, "no such server".to_owned()))?);
            self.settle();
            let resolution = self.finish(job).ok_or_else(|| (expected.line, "no end".to_owned()))?;
            let first = resolution.targets.first().map(|first| words(&target(first), 2));
            *firsts.entry(first.unwrap_or_default()).or_default() += 1;
        }
        let percent = |target: &str| firsts.get(target).map_or(0, |times| (times * 100 + count / 2) / count);
        let off = |(share, target): &&(u32, String)| percent(target).abs_diff(*share) > TOLERANCE;
        let listed: u32 = shares.iter().map(|(_, target)| firsts.get(target).copied().unwrap_or_default()).sum();
        if shares.iter().any(|share| off(&share)) || listed != *count {
            return Err((expected.line, format!("the shares are {firsts:?} of {count}")));
        }
        Ok(())
    }

    /// Lets time pass.
    fn pass(&mut self, ms: u64) {
        let end = self.now + ms;
        while let Some(next) = self.next_event().filter(|next| *next <= end) {
            self.now = next;
            self.happen();
        }
        self.now = end;
    }

    /// When something happens by itself.
    fn next_event(&self) -> Option<u64> {
        let arrival = self.on_the_way.iter().map(|(at, _)| *at).min();
        let timer = self.resolver.next_deadline().map(|at| at.0.max(self.now));
        arrival.into_iter().chain(timer).min()
    }

    fn happen(&mut self) {
        self.deliver();
        if self.resolver.next_deadline().is_some_and(|at| at.0 <= self.now) {
            self.resolver.handle_timer(Time(self.now), &mut self.out);
        }
        self.settle();
    }

    /// Sends and answers until nothing more happens at this moment.
    fn settle(&mut self) {
        while !self.out.sends.is_empty() {
            let datagrams: Vec<_> = self.out.sends.drain(..).collect();
            let mut round = Vec::new();
            for datagram in datagrams {
                let server = datagram.server.0;
                let (name, kind) = asked(&datagram.bytes);
                let suffix = if server == 0 { String::new() } else { format!(" @{server}") };
                round.push(format!("{} {name}{suffix}", zone::asked_text(kind)));
                for arrival in self.servers.arrivals(server, &datagram.bytes) {
                    self.on_the_way.push((self.now + arrival.delay_ms, arrival));
                }
            }
            self.rounds.push((self.now, round));
            self.deliver();
        }
        for (job, list) in &self.out.lists {
            if !list.targets.is_empty() {
                self.firsts.entry(*job).or_insert(self.now);
            }
        }
    }

    fn deliver(&mut self) {
        let (due, later) = self.on_the_way.drain(..).partition(|(at, _)| *at <= self.now);
        self.on_the_way = later;
        let due: Vec<(u64, Arrival)> = due;
        for (_, arrival) in due {
            let from = DnsServerIndex(arrival.server);
            self.resolver.handle_datagram(Time(self.now), from, &arrival.bytes, &mut self.out);
        }
    }
}

/// A target with all that can be said about it.
fn target(found: &ResolvedTarget) -> String {
    let origin = match found.origin {
        Origin::Live => "dns",
        Origin::Stale => "stale",
        Origin::Static => "static",
        Origin::Literal => "config",
    };
    let host = found.host.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
    let (transport, address) = (found.transport.text(), found.address);
    format!("{transport} {address} host={host} ttl={} from={origin}", found.ttl_s)
}

/// The first words of a text.
fn words(text: &str, count: usize) -> String {
    text.split_whitespace().take(count).collect::<Vec<_>>().join(" ")
}

fn seconds(ms: u64) -> String {
    let text = format!("{}.{:03}", ms / SECOND_MS, ms % SECOND_MS);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn check(
    expected: &Expected,
    resolution: &Resolution,
    found: &[String],
    before: Option<&Vec<String>>,
    now: u64,
) -> Result<(), Complaint> {
    let failure = resolution.failure.map(|failure| failure.to_string());
    match &expected.what {
        What::Fails(why) if failure.as_ref() != Some(why) => {
            let actual = failure.into_iter().chain(found.iter().cloned()).collect::<Vec<_>>();
            return Err((expected.line, table("it does not fail as expected", std::slice::from_ref(why), &actual)));
        }
        What::Targets(groups) if !fit(groups, found) => {
            let mut title = "the targets differ".to_owned();
            if let Some(failure) = failure {
                title = format!("{title} ({failure})");
            }
            return Err((expected.line, table(&title, &groups.concat(), found)));
        }
        What::Same if before.is_none_or(|before| before != found) => {
            return Err((expected.line, table("not the same as before", before.map_or(&[], |b| b), found)));
        }
        What::Fails(_) | What::Targets(_) | What::Same | What::Shares(..) => {}
    }
    let remarks: Vec<String> = resolution.notes.iter().map(ToString::to_string).collect();
    if remarks != expected.remarks {
        return Err((expected.line, table("the remarks differ", &expected.remarks, &remarks)));
    }
    check_time(expected.valid, resolution.valid_until, now, "the list is valid for")?;
    check_time(expected.retry, resolution.retry_at, now, "what is missing is asked again after")
}

/// A moment that is as far from `now` as expected.
fn check_time(expected: Option<(u32, Time)>, moment: Time, now: u64, what: &str) -> Result<(), Complaint> {
    let Some((line, expected)) = expected else { return Ok(()) };
    let actual = if moment == Time::NEVER { moment } else { Time(moment.since(Time(now))) };
    let text = if moment == Time::NEVER { "ever".to_owned() } else { seconds(actual.0) };
    if actual == expected { Ok(()) } else { Err((line, format!("{what} {text}"))) }
}

/// True if the targets are these, in this order; those of one group in any order.
fn fit(groups: &[Vec<String>], found: &[String]) -> bool {
    let mut rest = found;
    for group in groups {
        let Some((these, behind)) = rest.split_at_checked(group.len()) else { return false };
        let mut these: Vec<&String> = these.iter().collect();
        for wanted in group {
            let Some(place) = these.iter().position(|actual| says(actual, wanted)) else { return false };
            these.remove(place);
        }
        rest = behind;
    }
    rest.is_empty()
}

/// True if everything that is wanted of a target is true of it.
fn says(actual: &str, wanted: &str) -> bool {
    let actual: Vec<&str> = actual.split_whitespace().collect();
    wanted.split_whitespace().all(|word| actual.contains(&word))
}

fn check_rounds(step: &Step, begun: u64, rounds: &mut Vec<(u64, Vec<String>)>) -> Result<(), Complaint> {
    let Some((line, expected)) = &step.queries else { return Ok(()) };
    let text = |(at, queries): (u64, Vec<String>)| {
        let at = match at {
            at if at < begun => format!("at -{}: ", seconds(begun - at)),
            at if at > begun => format!("at {}: ", seconds(at - begun)),
            _ => String::new(),
        };
        at + &queries.join(", ")
    };
    let actual: Vec<String> = rounds.drain(..).map(text).collect();
    if actual.iter().map(|round| unordered(round)).eq(expected.iter().map(|round| unordered(round))) {
        return Ok(());
    }
    Err((*line, table("the queries differ", expected, &actual)))
}

/// The queries of a round: which of them leaves first means nothing.
fn unordered(round: &str) -> (&str, Vec<&str>) {
    let (at, queries) = round.split_once(": ").unwrap_or(("", round));
    let mut queries: Vec<&str> = queries.split(", ").collect();
    queries.sort_unstable();
    (at, queries)
}

/// Expected and actual side by side, "!" before each difference.
fn table(title: &str, expected: &[String], actual: &[String]) -> String {
    let width = expected.iter().map(String::len).max().unwrap_or(0).clamp(10, 60);
    let mut text = format!("{title}\n    {:width$}  actual", "expected");
    for place in 0..expected.len().max(actual.len()) {
        let (left, right) = (expected.get(place), actual.get(place));
        let equal = match (left, right) {
            (Some(left), Some(right)) => says(right, left),
            _ => false,
        };
        let nothing = "(nothing)".to_owned();
        let mark = if equal { ' ' } else { '!' };
        text += &format!("\n  {mark} {:width$}  {}", left.unwrap_or(&nothing), right.unwrap_or(&nothing));
    }
    text
}
