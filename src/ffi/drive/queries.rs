//! What the device asks, and the snapshots it takes.

use super::steps::SOURCES;
use super::*;
use crate::engine::seal;
use core::ffi::c_char;

/// What a buffer is filled with that nothing has been written to.
const UNTOUCHED: c_char = 0x55;

/// Holds a function to the rule of snprintf(): the same length whatever the room, a NUL within it, and nothing behind it.
fn told(room: usize, tell: impl Fn(*mut c_char, usize) -> usize) {
    let mut buffer = [UNTOUCHED; 65];
    let room = room.min(64);
    let needed = tell(null_mut(), 0);
    assert_eq!(tell(buffer.as_mut_ptr(), room), needed);
    let written = if needed == 0 || room == 0 { 0 } else { needed.min(room - 1) + 1 };
    assert!(written == 0 || buffer[written - 1] == 0);
    let behind = written.max(usize::from(room > 0));
    assert!(buffer[behind..].iter().all(|byte| *byte == UNTOUCHED), "more was written than there was room for");
}

impl Device<'_> {
    pub(super) fn query(&self) -> (Call, sfo_status) {
        match self.pick(3) {
            0 => self.insight(),
            1 => self.getter(),
            _ => self.snapshot(),
        }
    }

    fn insight(&self) -> (Call, sfo_status) {
        let (engine, now, account) = (self.engine.get(), self.now_ms.get(), self.number(3));
        let (format, room) = (self.number(4), self.pick(65));
        match self.pick(3) {
            0 => {
                let method = self.number(11);
                // SAFETY: the engine lives, or is about to be freed when the outermost call returns; the buffer is good.
                told(room, |to, room| unsafe { sfo_engine_explain(engine, now, account, method, format, to, room) });
                (calls::ENGINE_EXPLAIN, SFO_OK)
            }
            1 => {
                // SAFETY: the engine lives, or is about to be freed when the outermost call returns; the buffer is good.
                told(room, |to, room| unsafe { sfo_engine_trace(engine, now, 0, format, to, room) });
                (calls::ENGINE_TRACE, SFO_OK)
            }
            _ => {
                // SAFETY: the engine lives, or is about to be freed when the outermost call returns; the buffer is good.
                told(room, |to, room| unsafe { sfo_engine_last_error(engine, to, room) });
                (calls::ENGINE_LAST_ERROR, SFO_OK)
            }
        }
    }

    fn getter(&self) -> (Call, sfo_status) {
        let (engine, account) = (self.engine.get(), self.number(3));
        let mut accepted = 0;
        // SAFETY: integers, for which zero is a value.
        let (mut info, mut target, mut counters): (sfo_account_info, sfo_target, sfo_counters) =
            unsafe { core::mem::zeroed() };
        info.struct_size = size_of::<sfo_account_info>();
        target.struct_size = size_of::<sfo_target>();
        counters.struct_size = size_of::<sfo_counters>();
        // SAFETY: the engine lives, or is about to be freed when the outermost call returns; all other pointers are good.
        unsafe {
            match self.pick(4) {
                0 => {
                    let source = SOURCES[self.pick(SOURCES.len())].as_ptr();
                    let status = sfo_engine_accepts_source(engine, account, source, &raw mut accepted);
                    (calls::ENGINE_ACCEPTS_SOURCE, status)
                }
                1 => (calls::ACCOUNT_STATE, sfo_account_state(engine, account, &raw mut info)),
                2 => (calls::ACCOUNT_CURRENT_TARGET, sfo_account_current_target(engine, account, &raw mut target)),
                _ => (calls::ENGINE_COUNTERS, sfo_engine_counters(engine, &raw mut counters)),
            }
        }
    }

    fn snapshot(&self) -> (Call, sfo_status) {
        let (engine, now) = (self.engine.get(), self.now_ms.get());
        let mut bytes = self.snapshot.take();
        let mut length = 0;
        // SAFETY: the engine lives, or is about to be freed when the outermost call returns; all other pointers are good.
        let result = unsafe {
            if self.pick(2) == 0 {
                bytes.resize(4_096, 0);
                let (buffer, room) = (bytes.as_mut_ptr(), bytes.len());
                let status = sfo_engine_snapshot_export(engine, now, 5_000, buffer, room, &raw mut length);
                bytes.truncate(length);
                (calls::ENGINE_SNAPSHOT_EXPORT, status)
            } else {
                self.damage(&mut bytes);
                let status = sfo_engine_snapshot_import(engine, now, 6_000, bytes.as_ptr(), bytes.len());
                (calls::ENGINE_SNAPSHOT_IMPORT, status)
            }
        };
        self.snapshot.replace(bytes);
        result
    }

    /// What a file of the device may have become. Mostly with a good checksum: otherwise nobody looks further.
    fn damage(&self, bytes: &mut Vec<u8>) {
        for _ in 0..self.pick(4) {
            let place = self.pick(256) * self.pick(16);
            match self.pick(3) {
                0 => bytes.truncate(place),
                1 => {
                    let place = place.min(bytes.len());
                    bytes.splice(place..place, self.script.borrow_mut().bytes(12));
                }
                _ => {
                    if let Some(byte) = bytes.get_mut(place) {
                        *byte = self.pick(256) as u8;
                    }
                }
            }
        }
        if self.pick(4) != 0 {
            seal(bytes);
        }
    }
}
