//! A small DNS given as data.

use crate::dns::testing::{Reply, address, asked, naptr, soa, srv};

/// How the DNS server behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dns {
    Up,
    Silent,
    ServFail,
}

/// The records there are, in wire form, with owner and type.
#[derive(Default)]
pub struct Zone {
    records: Vec<(String, u16, Vec<u8>)>,
}

impl Zone {
    /// Addresses of one host, in place of those it had.
    pub fn a(&mut self, owner: &str, ttl: u32, ips: &[&str]) {
        self.remove(owner);
        for ip in ips {
            self.records.push((owner.to_owned(), 1, address(owner, ttl, ip)));
        }
    }

    /// An IPv6 address of a host, beside those that it has.
    pub fn aaaa(&mut self, owner: &str, ttl: u32, ip: &str) {
        self.records.push((owner.to_owned(), 28, address(owner, ttl, ip)));
    }

    pub fn srv(&mut self, owner: &str, ttl: u32, numbers: [u16; 3], target: &str) {
        self.records.push((owner.to_owned(), 33, srv(owner, ttl, numbers, target)));
    }

    pub fn naptr(&mut self, owner: &str, ttl: u32, numbers: [u16; 2], texts: [&str; 3], replacement: &str) {
        self.records.push((owner.to_owned(), 35, naptr(owner, ttl, numbers, texts, replacement)));
    }

    pub fn remove(&mut self, owner: &str) {
        self.records.retain(|(name, ..)| name != owner);
    }

    /// What a server that has these records says.
    pub fn reply(&self, query: &[u8]) -> Vec<u8> {
        let (owner, kind) = asked(query);
        let fits = |(name, of, _): &&(String, u16, Vec<u8>)| *name == owner && *of == kind;
        let found: Vec<Vec<u8>> = self.records.iter().filter(fits).map(|(.., bytes)| bytes.clone()).collect();
        if !found.is_empty() {
            return Reply::to(query).answers(found).bytes();
        }
        let exists = self.records.iter().any(|(name, ..)| *name == owner);
        Reply::to(query).code(if exists { 0 } else { 3 }).authority([soa("test", 120, 120)]).bytes()
    }
}
