//! Generates the C header into OUT_DIR (a test compares it with the committed one) and names the shared library.

use std::path::PathBuf;
use std::{env, error::Error, fs};

/// Sources of the header, in the order in which it reads best.
const SOURCES: [&str; 10] = [
    "constants", "types", "config", "engine", "account", "request", "dns_io", "helpers", "handle", "memory",
];

/// Above the declarations: what every user needs to know first, and what cbindgen cannot make.
const PREAMBLE: &str = include_str!("cmake/header/preamble.h.in");
/// Below the declarations.
const TRAILER: &str = include_str!("cmake/header/trailer.h.in");

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/ffi");
    println!("cargo:rerun-if-changed=cmake/header");
    name_shared_library()?;
    write_header()
}

/// SONAME for ELF systems. `-z defs`: a symbol that nobody defines is an error now, not when the firmware starts.
fn name_shared_library() -> Result<(), Box<dyn Error>> {
    let major = env::var("CARGO_PKG_VERSION_MAJOR")?;
    let os = env::var("CARGO_CFG_TARGET_OS")?;
    if env::var("CARGO_CFG_TARGET_FAMILY")?.contains("unix") && os != "macos" {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libsipfailover.so.{major}");
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,defs");
    }
    Ok(())
}

fn write_header() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let config = cbindgen::Config {
        language: cbindgen::Language::C,
        header: Some(PREAMBLE.trim_end().to_owned()),
        trailer: Some(TRAILER.trim_end().to_owned()),
        include_guard: Some("SIPFAILOVER_H".to_owned()),
        no_includes: true,
        sys_includes: vec!["stddef.h".to_owned(), "stdint.h".to_owned()],
        after_includes: Some(version_macros()?),
        cpp_compat: true,
        documentation_style: cbindgen::DocumentationStyle::C,
        style: cbindgen::Style::Both,
        usize_is_size_t: true,
        line_length: 110,
        tab_width: 2,
        sort_by: cbindgen::SortKey::None,
        ..cbindgen::Config::default()
    };
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(root.join("src/ffi").join(source).with_extension("rs"));
    }
    let mut text = Vec::new();
    builder.generate()?.write(&mut text);
    let text = String::from_utf8(text)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("sipfailover.h"), parenthesized(&text))?;
    Ok(())
}

fn version_macros() -> Result<String, Box<dyn Error>> {
    let mut macros = String::from("\n/* The version of this header; sfo_version() tells that of the library. */\n");
    for part in ["MAJOR", "MINOR", "PATCH"] {
        let value = env::var(format!("CARGO_PKG_VERSION_{part}"))?;
        macros.push_str(&format!("#define SFO_VERSION_{part} {value}\n"));
    }
    macros.push_str(
        "#define SFO_VERSION_NUMBER ((SFO_VERSION_MAJOR << 16) | (SFO_VERSION_MINOR << 8) | SFO_VERSION_PATCH)",
    );
    Ok(macros)
}

/// cbindgen writes negative constants bare, which is not what `x SFO_ERR_BUSY` should mean in C, and numbers without
/// the suffix that makes them unsigned.
fn parenthesized(header: &str) -> String {
    let mut text = String::with_capacity(header.len());
    for line in header.lines() {
        match line.strip_prefix("#define ").and_then(|rest| rest.split_once(' ')) {
            Some((name, value)) if value.starts_with('-') => text.push_str(&format!("#define {name} ({value})")),
            Some((name, value)) if is_unsigned(name) && value.bytes().all(|b| b.is_ascii_digit()) => {
                text.push_str(&format!("#define {name} {value}u"));
            }
            _ => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

/// Statuses are signed; version numbers are for the preprocessor; all other numbers go into uint32_t members.
fn is_unsigned(name: &str) -> bool {
    name.starts_with("SFO_") && !matches!(name, "SFO_OK" | "SFO_LATE") && !name.starts_with("SFO_VERSION_")
}
