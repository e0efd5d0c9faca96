//! What a snapshot holds, and how it stands in bytes.

use super::wire::{Malformed, Reader, Writer, checksum};
use crate::cache::Content;
use crate::dns::{NaptrData, Question, Record, RecordData, RecordKind, SrvData, SrvTarget};
use crate::target::TargetKey;
use crate::types::{AccountId, Server};
use std::sync::Arc;

/// First bytes of every snapshot.
const MAGIC: &[u8; 8] = b"sipfovr\n";
/// The layout of what follows. Another one is another program's, or that of another version.
const VERSION: u32 = 1;
/// Magic, version, checksum.
const HEADER_BYTES: usize = 16;

/// An answer of DNS.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SavedAnswer {
    pub question: Question,
    pub is_hint: bool,
    pub content: Content,
    /// Until it expires, ms; negative: since it has.
    pub expires_in_ms: i64,
}

/// A target with what belongs to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SavedTarget {
    pub key: TargetKey,
    pub host: String,
    pub ttl_s: u32,
}

/// Whose something is. The configured host, port and transport tell whether it still is after a change of settings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Owner {
    pub account: AccountId,
    pub server: Server,
    pub configured: String,
}

/// The targets of a server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SavedList {
    pub owner: Owner,
    pub targets: Vec<SavedTarget>,
    /// Until it expires, ms; negative: since it has.
    pub expires_in_ms: i64,
}

/// A registration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SavedBinding {
    pub owner: Owner,
    pub target: SavedTarget,
    /// Until it ends, ms.
    pub expires_in_ms: i64,
}

/// Everything that outlives a restart.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Snapshot {
    /// Wall clock when it was taken, ms since 1970; 0 = unknown.
    pub unix_ms: u64,
    pub answers: Vec<SavedAnswer>,
    pub lists: Vec<SavedList>,
    pub bindings: Vec<SavedBinding>,
}

impl Snapshot {
    /// As bytes.
    pub fn write(&self) -> Vec<u8> {
        let mut body = Writer::default();
        body.u64(self.unix_ms);
        body.list(&self.answers, write_answer);
        body.list(&self.lists, |w, list| {
            write_owner(w, &list.owner);
            w.list(&list.targets, write_target);
            w.i64(list.expires_in_ms);
        });
        body.list(&self.bindings, |w, binding| {
            write_owner(w, &binding.owner);
            write_target(w, &binding.target);
            w.i64(binding.expires_in_ms);
        });
        let mut all = Writer::default();
        all.0.extend_from_slice(MAGIC);
        all.u32(VERSION);
        all.u32(checksum(&body.0));
        all.0.append(&mut body.0);
        all.0
    }

    /// From bytes: all of it, or nothing.
    pub fn read(bytes: &[u8]) -> Result<Snapshot, Malformed> {
        let (header, body) = bytes.split_at_checked(HEADER_BYTES).ok_or(Malformed)?;
        let mut header = Reader(header.strip_prefix(MAGIC).ok_or(Malformed)?);
        if header.u32()? != VERSION || header.u32()? != checksum(body) {
            return Err(Malformed);
        }
        let mut body = Reader(body);
        let snapshot = Snapshot {
            unix_ms: body.u64()?,
            answers: body.list(read_answer)?,
            lists: body.list(|r| {
                Ok(SavedList { owner: read_owner(r)?, targets: r.list(read_target)?, expires_in_ms: r.i64()? })
            })?,
            bindings: body.list(|r| {
                Ok(SavedBinding { owner: read_owner(r)?, target: read_target(r)?, expires_in_ms: r.i64()? })
            })?,
        };
        if body.0.is_empty() { Ok(snapshot) } else { Err(Malformed) }
    }
}

/// For tests: puts in the checksum that these bytes should have, whatever they say.
#[cfg(any(test, fuzzing))]
pub fn seal(bytes: &mut [u8]) {
    if let Some((header, body)) = bytes.split_at_mut_checked(HEADER_BYTES) {
        header[HEADER_BYTES - 4..].copy_from_slice(&checksum(body).to_le_bytes());
    }
}

fn write_owner(w: &mut Writer, owner: &Owner) {
    w.u32(owner.account.0);
    w.u8(owner.server.index() as u8);
    w.bytes(owner.configured.as_bytes());
}

fn read_owner(r: &mut Reader<'_>) -> Result<Owner, Malformed> {
    let account = AccountId(r.u32()?);
    let server = *Server::BOTH.get(usize::from(r.u8()?)).ok_or(Malformed)?;
    Ok(Owner { account, server, configured: r.text()?.to_owned() })
}

fn write_target(w: &mut Writer, target: &SavedTarget) {
    w.key(target.key);
    w.bytes(target.host.as_bytes());
    w.u32(target.ttl_s);
}

fn read_target(r: &mut Reader<'_>) -> Result<SavedTarget, Malformed> {
    Ok(SavedTarget { key: r.key()?, host: r.text()?.to_owned(), ttl_s: r.u32()? })
}

const KINDS: [RecordKind; 5] = [RecordKind::A, RecordKind::Aaaa, RecordKind::Cname, RecordKind::Srv, RecordKind::Naptr];

fn write_answer(w: &mut Writer, answer: &SavedAnswer) {
    w.name(&answer.question.name);
    let place = KINDS.iter().position(|kind| *kind == answer.question.kind);
    w.u8(place.unwrap_or(0) as u8);
    w.u8(u8::from(answer.is_hint));
    w.i64(answer.expires_in_ms);
    match &answer.content {
        Content::Records(records) => {
            w.u8(0);
            w.list(records, write_record);
        }
        Content::Alias(target) => {
            w.u8(1);
            w.name(target);
        }
        Content::NoData => w.u8(2),
        Content::NoSuchName => w.u8(3),
        Content::AliasOfNothing { target, exists } => {
            w.u8(4);
            w.name(target);
            w.u8(u8::from(*exists));
        }
    }
}

fn read_answer(r: &mut Reader<'_>) -> Result<SavedAnswer, Malformed> {
    let name = r.name()?;
    let kind = *KINDS.get(usize::from(r.u8()?)).ok_or(Malformed)?;
    let (is_hint, expires_in_ms) = (r.flag()?, r.i64()?);
    let content = match r.u8()? {
        0 => Content::Records(Arc::from(r.list(read_record)?)),
        1 => Content::Alias(r.name()?),
        2 => Content::NoData,
        3 => Content::NoSuchName,
        4 => Content::AliasOfNothing { target: r.name()?, exists: r.flag()? },
        _ => return Err(Malformed),
    };
    Ok(SavedAnswer { question: Question { name, kind }, is_hint, content, expires_in_ms })
}

fn write_record(w: &mut Writer, record: &Record) {
    w.name(&record.name);
    w.u32(record.ttl_s);
    match &record.data {
        RecordData::Address(ip) => {
            w.u8(0);
            w.ip(*ip);
        }
        RecordData::Alias(target) => {
            w.u8(1);
            w.name(target);
        }
        RecordData::Srv(srv) => {
            w.u8(2);
            w.u16(srv.priority);
            w.u16(srv.weight);
            w.u16(srv.port);
            match &srv.target {
                SrvTarget::NotOffered => w.u8(0),
                SrvTarget::Address(ip) => {
                    w.u8(1);
                    w.ip(*ip);
                }
                SrvTarget::Name(name) => {
                    w.u8(2);
                    w.name(name);
                }
            }
        }
        RecordData::Naptr(naptr) => {
            w.u8(3);
            w.u16(naptr.order);
            w.u16(naptr.preference);
            w.bytes(&naptr.flags);
            w.bytes(&naptr.service);
            w.u8(u8::from(naptr.has_regexp));
            w.u8(u8::from(naptr.replacement.is_some()));
            if let Some(replacement) = &naptr.replacement {
                w.name(replacement);
            }
        }
    }
}

fn read_record(r: &mut Reader<'_>) -> Result<Record, Malformed> {
    let (name, ttl_s) = (r.name()?, r.u32()?);
    let data = match r.u8()? {
        0 => RecordData::Address(r.ip()?),
        1 => RecordData::Alias(r.name()?),
        2 => RecordData::Srv(SrvData {
            priority: r.u16()?,
            weight: r.u16()?,
            port: r.u16()?,
            target: match r.u8()? {
                0 => SrvTarget::NotOffered,
                1 => SrvTarget::Address(r.ip()?),
                2 => SrvTarget::Name(r.name()?),
                _ => return Err(Malformed),
            },
        }),
        3 => RecordData::Naptr(NaptrData {
            order: r.u16()?,
            preference: r.u16()?,
            flags: r.bytes()?.to_vec().into(),
            service: r.bytes()?.to_vec().into(),
            has_regexp: r.flag()?,
            replacement: if r.flag()? { Some(r.name()?) } else { None },
        }),
        _ => return Err(Malformed),
    };
    Ok(Record { name, ttl_s, data })
}
