//! Numbers with a unit: `12 kB`, `35 %`, `$ 4.50`.

/// Units that stand for a power of ten of another, and those that have such.
const BASES: [&str; 16] =
    ["bit/s", "bps", "B/s", "Wh", "Hz", "Pa", "bit", "B", "b", "s", "m", "g", "W", "V", "A", ""];
const PREFIXES: [(&str, f64); 15] = [
    ("", 1.0),
    ("n", 1e-9),
    ("µ", 1e-6),
    ("μ", 1e-6),
    ("u", 1e-6),
    ("m", 1e-3),
    ("c", 1e-2),
    ("h", 1e2),
    ("k", 1e3),
    ("K", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("Ki", 1024.0),
    ("Mi", 1_048_576.0),
];
/// Units that stand for themselves.
const OTHERS: [&str; 17] =
    ["%", "‰", "°", "°C", "°F", "K", "t", "d", "h", "min", "psi", "rpm", "dB", "dBm", "ppm", "ppb", "req"];
/// Units beside those above that have prefixes.
const PREFIXED: [&str; 11] = ["bar", "l", "L", "J", "N", "Nm", "mol", "Ah", "VA", "lx", "Ω"];
/// Units that are squared and cubed.
const POWERS: [&str; 4] = ["m", "s", "min", "h"];
const CURRENCIES: [char; 4] = ['$', '€', '£', '¥'];
/// What is longer is a remark.
const CHARS_MOST: usize = 8;

/// The number and the unit in a cell; `None` where there is no unit.
pub(super) fn parts(text: &str) -> Option<(&str, &str)> {
    if let Some(first) = text.chars().next().filter(|first| CURRENCIES.contains(first)) {
        let (unit, number) = text.split_at(first.len_utf8());
        return Some((number.trim_start(), unit));
    }
    let is_of_number = |char: char| char.is_ascii_digit() || ['.', ',', '+', '-'].contains(&char);
    let (number, rest) = text.split_at(text.find(|char| !is_of_number(char))?);
    let unit = rest.trim_start();
    let may_begin =
        |first: char| first.is_alphabetic() || CURRENCIES.contains(&first) || "%‰°".contains(first);
    let is_unit = unit.starts_with(may_begin)
        && unit.chars().count() <= CHARS_MOST
        && (is_unit(unit)
            || !unit.contains(|char: char| char.is_ascii_digit() || char == '.' || char == ','));
    (is_unit && number.contains(|char: char| char.is_ascii_digit())).then_some((number, unit))
}

/// The name and the unit in a header: `flow (m3/h)`, `accel [m/s2]`.
pub(super) fn named(header: &str) -> Option<(&str, &str)> {
    let inner = header.strip_suffix(')').or_else(|| header.strip_suffix(']'))?;
    let (name, unit) = inner.rsplit_once(if header.ends_with(')') { '(' } else { '[' })?;
    let (name, unit) = (name.trim_end(), unit.trim());
    (!name.is_empty() && is_unit(unit)).then_some((name, unit))
}

/// Whether this is a unit and nothing else: known ones, squared or cubed, in products and quotients.
fn is_unit(text: &str) -> bool {
    let is_known = |factor: &str| {
        let base = factor.trim_end_matches(['2', '3', '²', '³']).trim_end_matches('^');
        match base.len() == factor.len() {
            true => OTHERS.contains(&base) || has_prefix(base, &BASES) || has_prefix(base, &PREFIXED),
            false => has_prefix(base, &POWERS),
        }
    };
    let mut factors = text.split(['/', '·', '*', ' ']);
    let first = factors.next().unwrap_or_default();
    let is_of_something = text.starts_with("1/") || CURRENCIES.iter().any(|sign| first == sign.to_string());
    (is_of_something || is_known(first)) && factors.all(is_known)
}

/// Whether it is one of these units, or a thousand of them, or a part.
fn has_prefix(unit: &str, known: &[&str]) -> bool {
    let mut bases = PREFIXES.iter().filter_map(|(prefix, _)| unit.strip_prefix(prefix));
    bases.any(|base| !base.is_empty() && known.contains(&base))
}

/// How many of the one unit the other is; `None` where nobody can tell.
pub(super) fn factor(of: &str, to: &str) -> Option<f64> {
    if of == to {
        return Some(1.0);
    }
    let ((base, many), (other, few)) = (base_of(of)?, base_of(to)?);
    (base == other).then_some(many / few)
}

/// A thousand or a million of nothing in particular is said in ones: other cells of the column are.
pub(super) fn shown(unit: &str) -> &str {
    if base_of(unit).is_some_and(|(base, _)| base.is_empty()) { "" } else { unit }
}

fn base_of(unit: &str) -> Option<(&'static str, f64)> {
    match unit {
        "min" => return Some(("s", 60.0)),
        "h" => return Some(("s", 3600.0)),
        _ => {}
    }
    BASES.iter().find_map(|base| {
        let prefix = unit.strip_suffix(base)?;
        let (_, many) = PREFIXES.iter().find(|(known, _)| *known == prefix)?;
        Some((*base, *many))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_their_units() {
        for (text, expected) in [
            ("12 kB", Some(("12", "kB"))),
            ("-3,5°C", Some(("-3,5", "°C"))),
            ("35 %", Some(("35", "%"))),
            ("$1,234.50", Some(("1,234.50", "$"))),
            ("0.4 m/s²", Some(("0.4", "m/s²"))),
            ("0.4 m/s2", Some(("0.4", "m/s2"))),
            ("12 kg/m3", Some(("12", "kg/m3"))),
            ("3A2", None),
            ("12", None),
            ("12:30", None),
            ("2024-01-01", None),
            ("7f3a", None),
            ("kB", None),
            ("- nothing", None),
            ("5 things to do", None),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }

    #[test]
    fn units_in_headers() {
        for (header, expected) in [
            ("flow (m3/h)", Some(("flow", "m3/h"))),
            ("accel [m/s^2]", Some(("accel", "m/s^2"))),
            ("flow(m³/h)", Some(("flow", "m³/h"))),
            ("pace (1/min)", Some(("pace", "1/min"))),
            ("cost (€/kWh)", Some(("cost", "€/kWh"))),
            ("net [MB/s]", Some(("net", "MB/s"))),
            ("loss (W/m2 K)", Some(("loss", "W/m2 K"))),
            ("time (UTC)", None),
            ("price (mid)", None),
            ("a (2)", None),
            ("a (1)", None),
            ("(ms)", None),
            ("ms", None),
            ("a )", None),
        ] {
            assert_eq!(named(header), expected, "{header}");
        }
    }

    #[test]
    fn units_of_one_kind_are_brought_together() {
        for (of, to, expected) in [
            ("MB", "kB", Some(1000.0)),
            ("KiB", "B", Some(1024.0)),
            ("min", "ms", Some(60_000.0)),
            ("°C", "°C", Some(1.0)),
            ("M", "", Some(1e6)),
            ("°F", "°C", None),
            ("kB", "ms", None),
        ] {
            assert_eq!(factor(of, to), expected, "{of} to {to}");
        }
        assert_eq!((shown("K"), shown("kB"), shown("°C")), ("", "kB", "°C"));
    }
}
