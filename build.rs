//! Generates the C header into OUT_DIR (a test compares it with the committed one) and names the shared library.

use std::path::PathBuf;
use std::{env, error::Error, fs};

/// Sources of the header, in the order in which it reads best.
const SOURCES: [&str; 20] = [
    "constants",
    "callbacks",
    "types",
    "config",
    "keys",
    "engine",
    "dns",
    "account",
    "request",
    "dialog",
    "network",
    "posted",
    "post",
    "post_network",
    "dns_io",
    "snapshot",
    "insight",
    "helpers",
    "handle",
    "memory",
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
    // What a sanitizer adds is defined in the program only, so the shared library of a fuzzing build, which nobody
    // loads, would not link.
    let is_fuzzing = env::var_os("CARGO_CFG_FUZZING").is_some();
    if env::var("CARGO_CFG_TARGET_FAMILY")?.contains("unix") && os != "macos" && !is_fuzzing {
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
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("sipfailover.h"), tidied(&text))?;
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

/// What cbindgen cannot be told: comments as people write them, negative constants in parentheses (so that
/// `x SFO_ERR_BUSY` is no subtraction), unsigned constants with their suffix, constants of one group close together.
fn tidied(header: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut lines = header.lines();
    while let Some(line) = lines.next() {
        if line.trim() == "/*" {
            let indent = &line[..line.len() - 2];
            let body: Vec<&str> = lines.by_ref().map(str::trim).take_while(|line| *line != "*/").collect();
            push_comment(&mut out, indent, &body);
        } else {
            out.push(constant(line));
        }
    }
    within_guard(&(without_gaps(out).join("\n") + "\n"))
}

/// Puts the trailer before the `#endif` of the include guard; cbindgen would put it behind.
fn within_guard(header: &str) -> String {
    let end = header.rfind("#endif").unwrap_or(header.len());
    let (inside, guard) = header.split_at(end);
    format!("{}\n\n{}\n\n{guard}", inside.trim_end(), TRAILER.trim())
}

fn push_comment(out: &mut Vec<String>, indent: &str, body: &[&str]) {
    match body {
        [only] => out.push(format!("{indent}/* {only} */")),
        [first, rest @ ..] => {
            out.push(format!("{indent}/* {first}"));
            out.extend(rest.iter().map(|line| format!("{indent} * {line}").trim_end().to_owned()));
            out.push(format!("{indent} */"));
        }
        [] => {}
    }
}

fn constant(line: &str) -> String {
    match line.strip_prefix("#define ").and_then(|rest| rest.split_once(' ')) {
        // C++98 has these limits only where __STDC_LIMIT_MACROS is defined before the first #include.
        Some((name, "UINT64_MAX")) => format!("#define {name} ((uint64_t)-1)"),
        Some((name, "UINT32_MAX")) => format!("#define {name} 0xffffffffu"),
        Some((name, value)) if value.starts_with('-') => format!("#define {name} ({value})"),
        Some((name, value)) if is_unsigned(name) && value.bytes().all(|b| b.is_ascii_digit()) => {
            format!("#define {name} {value}u")
        }
        _ => line.to_owned(),
    }
}

/// Leaves out the empty line between two constants of one group (SFO_CAUSE_..., SFO_EVENT_..., ...).
fn without_gaps(lines: Vec<String>) -> Vec<String> {
    let group = |line: &String| -> Option<String> {
        let name = line.strip_prefix("#define SFO_")?;
        Some(name.split(['_', ' ']).next()?.to_owned())
    };
    let mut out: Vec<String> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|before| group(&lines[before]));
        let after = lines[i..].iter().find_map(group);
        if !(line.is_empty() && before.is_some() && before == after) {
            out.push(line.clone());
        }
    }
    out
}

/// Statuses are signed; version numbers are for the preprocessor; all other numbers go into uint32_t members.
fn is_unsigned(name: &str) -> bool {
    name.starts_with("SFO_") && !matches!(name, "SFO_OK" | "SFO_LATE") && !name.starts_with("SFO_VERSION_")
}
