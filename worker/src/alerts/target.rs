//! Where a webhook may go: not to the deployment's own neighbours, which a stranger could make it ask otherwise.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Names that lead inside.
const INSIDE: [&str; 6] = ["localhost", "local", "internal", "intranet", "lan", "home.arpa"];
/// The longest address.
const URL_BYTES_MAX: usize = 2_048;

/// Why a webhook may not go to an address; nothing where it may. With `inside`, for tests on one machine, it may go
/// anywhere over http, too.
pub(super) fn fault(address: &str, inside: bool) -> Option<&'static str> {
    let Ok(url) = Url::parse(address) else { return Some("it is no URL") };
    if address.len() > URL_BYTES_MAX {
        return Some("it is longer than 2048 bytes");
    }
    if url.scheme() != "https" && !(inside && url.scheme() == "http") {
        return Some("it begins with https://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("it has no name and no password in it: the signature says who sends");
    }
    let is_public = match url.host() {
        None => false,
        Some(Host::Ipv4(ip)) => is_public_v4(ip),
        Some(Host::Ipv6(ip)) => is_public_v6(ip),
        Some(Host::Domain(name)) => is_public_name(name),
    };
    (!is_public && !inside).then_some("it is a public address: private and local ones are not asked")
}

fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let ends = |end: &str| name == end || name.strip_suffix(end).is_some_and(|rest| rest.ends_with('.'));
    name.contains('.') && !INSIDE.into_iter().any(ends)
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_protocol =
        (a, b, c) == (192, 0, 0) || (a, b, c) == (192, 88, 99) || a == 198 && (b == 18 || b == 19);
    let is_reserved = a == 0 || a >= 224;
    !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_documentation())
        && !(is_shared || is_protocol || is_reserved)
}

/// Only 2000::/3 is given to anybody; in it, what wraps or tunnels another address is judged by that, or refused.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let is_given = a & 0xe000 == 0x2000;
    let is_documentation = a == 0x2001 && b == 0xdb8 || a == 0x3fff;
    let is_special = a == 0x2001 && b < 0x200 || a == 0x2002;
    match ip.to_ipv4_mapped() {
        Some(inner) => is_public_v4(inner),
        None => is_given && !is_documentation && !is_special,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_do_not_make_us_ask_our_neighbours() {
        for address in [
            "https://hooks.example.com/x?y=1",
            "https://example.com:8443/",
            "https://8.8.8.8/",
            "https://[2606:4700::1111]/",
            "https://[::ffff:8.8.8.8]/",
        ] {
            assert_eq!(fault(address, false), None, "{address}");
        }
        for address in [
            "http://hooks.example.com/",
            "ftp://hooks.example.com/",
            "https://user@hooks.example.com/",
            "https://user:word@hooks.example.com/",
            "https://localhost/",
            "https://localhost./",
            "https://a.localhost/",
            "https://metadata.google.internal/",
            "https://printer.local/",
            "https://router/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://0177.0.0.1/",
            "https://0.0.0.0/",
            "https://10.1.2.3/",
            "https://172.16.0.1/",
            "https://192.168.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://198.18.0.1/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[::]/",
            "https://[::1]/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:a9fe:a9fe]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://①②⑦.0.0.1/",
            "//example.com",
            "example.com",
            "",
        ] {
            assert!(fault(address, false).is_some(), "{address}");
        }
        assert_eq!(fault("http://127.0.0.1:9/", true), None);
        assert!(fault("file:///etc/passwd", true).is_some());
        assert!(fault(&format!("https://example.com/{}", "x".repeat(2048)), false).is_some());
    }
}
