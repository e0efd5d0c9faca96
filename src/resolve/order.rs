//! Order of SRV records (RFC 2782; the vendor guide for equal priorities).

use crate::config::SrvWeight;
use crate::dns::{SrvData, SrvTarget};
use crate::types::{Random, sort_short_by_key};

/// An SRV record on its way into the list.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    /// Contents.
    pub data: &'a SrvData,
    /// TTL of the record.
    pub ttl_s: u32,
}

/// Sorts records into the order in which their targets are tried. The result depends on the records and on
/// `tie_break` only, not on the order in which they come.
pub fn sort(records: &mut Vec<Service<'_>>, weight: SrvWeight, tie_break: u64) {
    match weight {
        SrvWeight::HighestFirst => sort_short_by_key(records, |service| {
            let data = service.data;
            // Equal weights spread the load over the fleet: each account has its own order, drawn from the host and
            // the port alone, so that a change of priorities or weights does not shuffle it.
            (data.priority, u16::MAX - data.weight, place(data, tie_break), data)
        }),
        SrvWeight::Random => draw(records, tie_break),
    }
}

/// The weighted draw of RFC 2782, repeatable: the random numbers come from the records' content.
fn draw(records: &mut Vec<Service<'_>>, tie_break: u64) {
    // Zero weights stand first in the running sum, as the RFC wants it; the rest in an order of their own.
    sort_short_by_key(records, |service| {
        let data = service.data;
        (data.priority, data.weight != 0, place(data, tie_break), data)
    });
    let mut mixer = Mixer(tie_break);
    for service in &*records {
        mixer.service(service.data);
        mixer.number(u64::from(service.data.priority) << 16 | u64::from(service.data.weight));
    }
    let mut seed = [0; 32];
    for (step, bytes) in seed.chunks_exact_mut(8).enumerate() {
        mixer.number(step as u64);
        bytes.copy_from_slice(&mixer.0.to_le_bytes());
    }
    let mut random = Random::new(&seed);
    let mut ordered = Vec::with_capacity(records.len());
    while let Some(priority) = records.first().map(|service| service.data.priority) {
        let group = records.iter().take_while(|service| service.data.priority == priority);
        let sum: u64 = group.map(|service| u64::from(service.data.weight)).sum();
        let drawn = random.up_to(sum);
        let mut running = 0;
        let chosen = records.iter().position(|service| {
            running += u64::from(service.data.weight);
            running >= drawn
        });
        ordered.push(records.remove(chosen.unwrap_or(0)));
    }
    *records = ordered;
}

/// A number that looks drawn, and is the same whenever the same account meets the same host and port.
fn place(data: &SrvData, tie_break: u64) -> u64 {
    let mut mixer = Mixer(tie_break);
    mixer.service(data);
    mixer.0
}

/// Mixes values into 64 bits (the finalizer of SplitMix64 after each). Not for secrets.
struct Mixer(u64);

impl Mixer {
    fn number(&mut self, value: u64) {
        let mut mixed = (self.0 ^ value).wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        self.0 = mixed ^ (mixed >> 31);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            self.number(chunk.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)));
        }
    }

    fn service(&mut self, data: &SrvData) {
        self.number(u64::from(data.port));
        match &data.target {
            SrvTarget::NotOffered => self.number(0),
            SrvTarget::Address(core::net::IpAddr::V4(ip)) => self.bytes(&ip.octets()),
            SrvTarget::Address(core::net::IpAddr::V6(ip)) => self.bytes(&ip.octets()),
            SrvTarget::Name(name) => name.labels().for_each(|label| self.bytes(label)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Service, sort};
    use crate::config::SrvWeight;
    use crate::dns::testing::name;
    use crate::dns::{SrvData, SrvTarget};

    fn records(weights: &[(u16, u16)]) -> Vec<SrvData> {
        let record = |(n, (priority, weight)): (usize, &(u16, u16))| SrvData {
            priority: *priority,
            weight: *weight,
            port: 5060,
            target: SrvTarget::Name(name(&format!("s{n}.test"))),
        };
        weights.iter().enumerate().map(record).collect()
    }

    fn sorted(records: &[SrvData], weight: SrvWeight, tie_break: u64) -> Vec<usize> {
        let mut list: Vec<Service<'_>> = records.iter().map(|data| Service { data, ttl_s: 1 }).collect();
        // Feeding them in reverse must not matter; every test of the order is one of that, too.
        if tie_break % 2 == 1 {
            list.reverse();
        }
        sort(&mut list, weight, tie_break);
        let place = |service: &Service<'_>| records.iter().position(|data| data == service.data).unwrap();
        list.iter().map(place).collect()
    }

    #[test]
    fn priority_ascending_then_the_larger_weight_first() {
        let records = records(&[(20, 9), (10, 1), (10, 2), (0, 0)]);
        assert_eq!(sorted(&records, SrvWeight::HighestFirst, 3), [3, 2, 1, 0]);
    }

    #[test]
    fn equal_weights_spread_over_accounts_and_stay_for_one_account() {
        let mut records = records(&[(0, 5), (0, 5), (0, 5)]);
        let mut firsts = [0; 3];
        for account in 0..600 {
            let order = sorted(&records, SrvWeight::HighestFirst, account);
            firsts[order[0]] += 1;
            assert_eq!(order, sorted(&records, SrvWeight::HighestFirst, account));
        }
        assert!(firsts.iter().all(|count| (140..260).contains(count)), "{firsts:?}");
        // Neither the order of the answer nor a common change of weight moves an account.
        let before = sorted(&records, SrvWeight::HighestFirst, 77);
        records.iter_mut().for_each(|record| record.weight = 9);
        assert_eq!(before, sorted(&records, SrvWeight::HighestFirst, 77));
        let hosts = |order: Vec<usize>, from: &[SrvData]| {
            order.iter().map(|place| from[*place].target.clone()).collect::<Vec<_>>()
        };
        let before = hosts(before, &records);
        records.rotate_left(1);
        assert_eq!(before, hosts(sorted(&records, SrvWeight::HighestFirst, 77), &records));
    }

    #[test]
    fn the_weighted_draw_follows_the_weights_and_gives_zero_a_small_chance() {
        let records = records(&[(0, 75), (0, 25), (0, 0), (1, 9)]);
        let mut firsts = [0; 4];
        for account in 0..2_000 {
            let order = sorted(&records, SrvWeight::Random, account);
            assert_eq!(order[3], 3);
            assert_eq!(order, sorted(&records, SrvWeight::Random, account));
            firsts[order[0]] += 1;
        }
        assert!((1_380..1_600).contains(&firsts[0]) && (400..600).contains(&firsts[1]), "{firsts:?}");
        assert!((5..60).contains(&firsts[2]), "{firsts:?}");
    }

    #[test]
    fn the_weighted_draw_does_not_depend_on_the_order_of_the_answer() {
        let mut records = records(&[(0, 3), (0, 3), (0, 1), (0, 0)]);
        for account in [2, 4, 6] {
            let hosts = |records: &[SrvData]| {
                let order = sorted(records, SrvWeight::Random, account);
                order.iter().map(|place| records[*place].target.clone()).collect::<Vec<_>>()
            };
            let before = hosts(&records);
            records.rotate_left(1);
            assert_eq!(before, hosts(&records));
        }
    }
}
