//! The known key that looks most like a mistyped one.

use super::keys::ROWS;

/// Of a longer key only this many bytes are compared: no key of the table is as long.
const COMPARED: usize = 96;

/// The known key nearest to this one, with the indices of the given key where it has good ones and 1 elsewhere: the
/// shortest that continues it (`prio` is `priority`, not `port`), else the one at the smallest edit distance. Letter case
/// does not count.
pub(super) fn nearest(key: &str) -> String {
    let key = key.to_ascii_lowercase();
    let mut best: Option<((bool, usize), String)> = None;
    for row in ROWS {
        let candidate = with_indices(row.pattern, &key);
        let continues = candidate.starts_with(&key);
        // Lengths alone tell of most keys that they are not it, and comparing takes its time.
        let at_least = key.len().min(COMPARED).abs_diff(candidate.len().min(COMPARED));
        if best.as_ref().is_some_and(|(least, _)| *least <= (!continues, at_least)) {
            continue;
        }
        let rank = (!continues, distance(key.as_bytes(), candidate.as_bytes()));
        if best.as_ref().is_none_or(|(least, _)| rank < *least) {
            best = Some((rank, candidate));
        }
    }
    best.map(|(_, candidate)| candidate).unwrap_or_default()
}

fn with_indices(pattern: &str, key: &str) -> String {
    let mut given = key.split('.');
    let segments = pattern.split('.').map(|segment| {
        let given = given.next().unwrap_or_default();
        match segment {
            "X" | "Y" | "N" if is_number(given) => given,
            "X" | "Y" | "N" => "1",
            literal => literal,
        }
    });
    segments.collect::<Vec<_>>().join(".")
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Levenshtein's distance, with one row of the matrix at a time.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let (a, b) = (&a[..a.len().min(COMPARED)], &b[..b.len().min(COMPARED)]);
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(b) {
            let replace = diagonal + usize::from(from != to);
            diagonal = *cell;
            left = replace.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distance_counts_insertions_deletions_and_replacements() {
        assert_eq!(distance(b"kitten", b"sitting"), 3);
        assert_eq!(distance(b"", b"abc"), 3);
        assert_eq!(distance(b"abc", b""), 3);
        assert_eq!(distance(b"flaw", b"lawn"), 2);
    }

    #[test]
    fn a_slip_of_the_pen_leads_to_the_key_that_was_meant() {
        for (given, meant) in [
            ("account.3.sip_server.2.adress", "account.3.sip_server.2.address"),
            ("account.1.sip_server.port", "account.1.sip_server.1.port"),
            ("account.1.fallback.redundancytype", "account.1.fallback.redundancy_type"),
            ("account.1.SIP_server.1.Port", "account.1.sip_server.1.port"),
            ("account.1.outbound_proxy_enabled", "account.1.outbound_proxy_enable"),
            ("dns_cache_a.4.address", "dns_cache_a.4.name"),
            ("dns_cache_srv.12.prio", "dns_cache_srv.12.priority"),
            ("account.1.sip_server.1.transport", "account.1.sip_server.1.transport_type"),
        ] {
            assert_eq!(nearest(given), meant);
        }
    }
}
