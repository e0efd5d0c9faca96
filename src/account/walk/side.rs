//! What one request knows about one server, and how far it got there.

use crate::target::{Places, Target, TargetKey, TargetList};
use crate::types::Transport;
use core::net::IpAddr;
use std::sync::Arc;

/// The place of a target that is not in the list.
pub const NOWHERE: u8 = u8::MAX;

/// The place of a target.
pub fn place_in(list: &TargetList, key: TargetKey) -> u8 {
    list.position(key).map_or(NOWHERE, |place| place as u8)
}

/// One server of a walk.
#[derive(Clone, Debug)]
pub struct Side {
    pub list: Option<Arc<TargetList>>,
    /// The targets that come first; NOWHERE stands for none.
    pub first: [u8; 2],
    pub tried: Places,
    /// Silent or unreachable.
    pub dead: Places,
    /// At an address that an attempt of this walk, with this server or the other, found dead. (A port that refuses says
    /// nothing about other ports.)
    pub at_dead_address: Places,
    /// More targets may follow those of the list.
    pub more: bool,
    /// The name led nowhere, or the server is not to be asked by this request.
    pub closed: bool,
}

impl Side {
    pub const NEW: Side = Side {
        list: None,
        first: [NOWHERE; 2],
        tried: Places::NONE,
        dead: Places::NONE,
        at_dead_address: Places::NONE,
        more: false,
        closed: false,
    };

    fn targets(&self) -> &[Target] {
        self.list.as_ref().map_or(&[], |list| list.targets())
    }

    pub fn target(&self, place: u8) -> Option<&Target> {
        self.targets().get(usize::from(place))
    }

    pub fn is_tls(&self, place: u8) -> bool {
        self.target(place).is_some_and(|target| target.key.transport == Transport::Tls)
    }

    pub fn all(&self) -> Places {
        Places::first_of(self.targets().len())
    }

    /// The targets that are not TLS.
    pub fn plain(&self) -> Places {
        (0..self.targets().len() as u8).filter(|place| !self.is_tls(*place)).collect()
    }

    /// The targets at an address.
    pub fn at(&self, ip: IpAddr) -> Places {
        let is_there = |(place, target): (usize, &Target)| (target.key.address.ip() == ip).then_some(place as u8);
        self.targets().iter().enumerate().filter_map(is_there).collect()
    }

    /// The targets that have not been tried because their address is dead.
    pub fn avoided(&self) -> Places {
        self.at_dead_address.without(self.tried)
    }

    /// These of its targets, in the order in which they are asked.
    pub fn in_order(&self, places: Places) -> impl Iterator<Item = u8> + use<> {
        places.in_order(self.first)
    }
}
