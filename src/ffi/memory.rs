//! Reading and writing what C points at.

use core::ffi::{CStr, c_char};
use core::mem::size_of;
use std::ffi::CString;

/// A struct of the C interface: plain numbers, pointers and function pointers, `struct_size: usize` first.
///
/// # Safety
/// The type is `repr(C)`, begins with its size as `usize`, and any bytes copied from an instance of an older or newer
/// version of it are a valid instance.
pub unsafe trait Sized: Copy {}

// SAFETY: repr(C), `struct_size` first, integers and optional function pointers only.
unsafe impl Sized for super::callbacks::sfo_callbacks {}
// SAFETY: repr(C), `struct_size` first, integers only.
unsafe impl Sized for super::types::sfo_options {}
// SAFETY: repr(C), `struct_size` first, integers only.
unsafe impl Sized for super::types::sfo_request {}
// SAFETY: repr(C), `struct_size` first, integers only.
unsafe impl Sized for super::types::sfo_response {}
// SAFETY: repr(C), `struct_size` first, integers and one pointer that may be NULL.
unsafe impl Sized for super::types::sfo_dialog {}

/// True for what sizeof says of any version of a struct that had at least `minimum` bytes. Such a struct begins with a
/// `size_t`, so its size is a multiple of that; others would cut a pointer in two.
fn is_size(size: usize, minimum: usize) -> bool {
    size >= minimum && size.is_multiple_of(size_of::<usize>())
}

/// Copies a struct of the caller over `default`: what an older caller does not know keeps its default, what a newer one
/// adds is ignored. `None` for NULL or a size that cannot be.
///
/// # Safety
/// `from` is NULL or points at an instance of at least `struct_size` bytes.
pub unsafe fn read_struct<T: Sized>(from: *const T, minimum: usize, default: T) -> Option<T> {
    if from.is_null() {
        return None;
    }
    // SAFETY: every such struct begins with its size; alignment is the caller's, as for any C struct.
    let size = unsafe { from.cast::<usize>().read() };
    if !is_size(size, minimum) {
        return None;
    }
    let mut copy = default;
    // SAFETY: the caller's instance has `size` bytes, ours has size_of::<T>(), and both have the same beginning.
    unsafe {
        core::ptr::copy_nonoverlapping(from.cast::<u8>(), (&raw mut copy).cast::<u8>(), size.min(size_of::<T>()));
    }
    Some(copy)
}

/// Writes as much of `value` as the caller has room for. False for NULL or a size that cannot be.
///
/// # Safety
/// `to` is NULL or points at a writable instance whose first member says how many bytes it has.
pub unsafe fn write_struct<T>(to: *mut T, minimum: usize, value: &T) -> bool {
    if to.is_null() {
        return false;
    }
    // SAFETY: every such struct begins with its size.
    let size = unsafe { to.cast::<usize>().read() };
    if !is_size(size, minimum) {
        return false;
    }
    // SAFETY: the caller's instance has `size` bytes; `value` has size_of::<T>(); they do not overlap.
    unsafe {
        core::ptr::copy_nonoverlapping((&raw const *value).cast::<u8>(), to.cast::<u8>(), size.min(size_of::<T>()));
        to.cast::<usize>().write(size);
    }
    true
}

/// A NUL-terminated text as UTF-8. `None` for NULL or for bytes that are no UTF-8.
///
/// # Safety
/// `text` is NULL or NUL-terminated, and lives as long as the result is used.
pub unsafe fn text<'a>(text: *const c_char) -> Option<&'a str> {
    if text.is_null() {
        return None;
    }
    // SAFETY: not NULL; the caller vouches for the terminator.
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}

/// Copies a text out by the rule of snprintf(): at most `capacity` bytes with the terminator, and the full length is
/// returned.
///
/// # Safety
/// `buffer` has room for `capacity` bytes, or `capacity` is 0.
pub unsafe fn copy_out(text: &str, buffer: *mut c_char, capacity: usize) -> usize {
    if !buffer.is_null() && capacity > 0 {
        let count = text.len().min(capacity - 1);
        // SAFETY: `count` + 1 bytes fit, and `text` has `count` bytes.
        unsafe {
            core::ptr::copy_nonoverlapping(text.as_ptr().cast::<c_char>(), buffer, count);
            buffer.add(count).write(0);
        }
    }
    text.len()
}

/// A C string; what follows a NUL byte is left out.
pub fn c_string(text: &str) -> CString {
    let end = text.find('\0').unwrap_or(text.len());
    CString::new(&text[..end]).unwrap_or_default()
}
