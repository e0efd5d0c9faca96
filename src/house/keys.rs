//! The key reference: the committed page is made from the table of keys.

use super::header::compare;
use crate::config::{KeyInfo, KeyType, Source, key_infos};
use std::fmt::Write;

const OPENING: &str = "# Provisioning keys

X is an account (1 up to the number of accounts of the device), Y a server or proxy (1 or 2), N a static record (1..12). A line
is `key = value`; `#` at the start of a line or after a space begins a comment; an empty value stands for the default; a later
line wins. -1 takes the value of the key named in the last column.

Keys marked *ours* are no keys of the vendor's phones. Made from the table in `src/config/keys.rs`; do not edit.

| key | values | default | unit | meaning |
|---|---|---|---|---|
";

fn values(info: &KeyInfo) -> String {
    match info.key_type {
        KeyType::Flag if info.inherits.is_some() => "-1, 0, 1".to_owned(),
        KeyType::Flag => "0, 1".to_owned(),
        KeyType::Integer => format!("{}..{}", info.min, info.max),
        KeyType::Text | KeyType::Secret => format!("text, at most {} characters", info.max),
        KeyType::Host => "IP address or domain".to_owned(),
        KeyType::IpAddress => "IP address".to_owned(),
        KeyType::DomainName => "domain".to_owned(),
        KeyType::Codes => "response codes".to_owned(),
    }
}

fn page() -> String {
    let mut page = OPENING.to_owned();
    for info in key_infos() {
        let mut meaning = info.help.to_owned();
        if let Some(inherits) = info.inherits {
            let _ = write!(meaning, "; -1 = `{inherits}`");
        }
        if info.source == Source::Extension {
            meaning.push_str(" (*ours*)");
        }
        let default = if info.default.is_empty() { "" } else { info.default };
        let _ = writeln!(page, "| `{}` | {} | {default} | {} | {meaning} |", info.pattern, values(&info), info.unit);
    }
    page
}

#[test]
fn the_page_of_keys_is_made_from_the_table() {
    compare("docs/keys.md", &page());
}
