//! Numbers, texts and names as bytes: little-endian numbers of fixed width, everything else with its length before it.

use crate::target::TargetKey;
use crate::types::{Name, Transport};
use core::net::{IpAddr, SocketAddr};

/// The bytes do not hold what they should.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed;

/// Bytes under construction.
#[derive(Debug, Default)]
pub struct Writer(pub Vec<u8>);

impl Writer {
    pub fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub fn u16(&mut self, value: u16) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub fn i64(&mut self, value: i64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    /// A list: its length, then each element.
    pub fn list<T>(&mut self, elements: &[T], mut each: impl FnMut(&mut Writer, &T)) {
        self.u32(elements.len() as u32);
        for element in elements {
            each(self, element);
        }
    }

    pub fn bytes(&mut self, value: &[u8]) {
        self.list(value, |w, byte| w.u8(*byte));
    }

    pub fn name(&mut self, name: &Name) {
        let labels: Vec<&[u8]> = name.labels().collect();
        self.list(&labels, |w, label| w.bytes(label));
    }

    pub fn ip(&mut self, ip: IpAddr) {
        match ip {
            IpAddr::V4(ip) => {
                self.u8(4);
                self.0.extend_from_slice(&ip.octets());
            }
            IpAddr::V6(ip) => {
                self.u8(6);
                self.0.extend_from_slice(&ip.octets());
            }
        }
    }

    pub fn key(&mut self, key: TargetKey) {
        let place = Transport::ALL.iter().position(|transport| *transport == key.transport);
        self.u8(place.unwrap_or(0) as u8);
        self.ip(key.address.ip());
        self.u16(key.address.port());
    }
}

/// Bytes that are read from the front.
#[derive(Debug)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.take(N)?.try_into().map_err(|_| Malformed)
    }

    pub fn u8(&mut self) -> Result<u8, Malformed> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    pub fn u16(&mut self) -> Result<u16, Malformed> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub fn u32(&mut self) -> Result<u32, Malformed> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub fn u64(&mut self) -> Result<u64, Malformed> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub fn i64(&mut self) -> Result<i64, Malformed> {
        Ok(i64::from_le_bytes(self.array()?))
    }

    pub fn flag(&mut self) -> Result<bool, Malformed> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed),
        }
    }

    /// A list. Nothing is reserved by the length that it claims.
    pub fn list<T>(&mut self, mut each: impl FnMut(&mut Self) -> Result<T, Malformed>) -> Result<Vec<T>, Malformed> {
        let count = self.u32()?;
        let mut elements = Vec::new();
        for _ in 0..count {
            elements.push(each(self)?);
        }
        Ok(elements)
    }

    pub fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let count = self.u32()?;
        self.take(count as usize)
    }

    pub fn text(&mut self) -> Result<&'a str, Malformed> {
        core::str::from_utf8(self.bytes()?).map_err(|_| Malformed)
    }

    pub fn name(&mut self) -> Result<Name, Malformed> {
        let labels = self.list(Self::bytes)?;
        Name::from_labels(labels).map_err(|_| Malformed)
    }

    pub fn ip(&mut self) -> Result<IpAddr, Malformed> {
        match self.u8()? {
            4 => Ok(IpAddr::from(self.array::<4>()?)),
            6 => Ok(IpAddr::from(self.array::<16>()?)),
            _ => Err(Malformed),
        }
    }

    pub fn key(&mut self) -> Result<TargetKey, Malformed> {
        let transport = *Transport::ALL.get(usize::from(self.u8()?)).ok_or(Malformed)?;
        let ip = self.ip()?;
        Ok(TargetKey { transport, address: SocketAddr::new(ip, self.u16()?) })
    }
}

/// The checksum of a snapshot (CRC-32 of ISO 3309): finds what flash memory loses, and is no protection against forgery.
pub fn checksum(bytes: &[u8]) -> u32 {
    /// The generator polynomial, bits reversed.
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ POLYNOMIAL } else { crc >> 1 };
    let feed = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    !bytes.iter().fold(u32::MAX, feed)
}

#[cfg(test)]
mod tests {
    use super::checksum;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
    }
}
