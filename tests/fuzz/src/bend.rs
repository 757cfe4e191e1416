//! How good input is bent.

use fourfold_sim::Random;

/// Whole numbers at which arithmetic goes wrong.
const EDGES: [i64; 14] = [
    0,
    1,
    -1,
    2,
    255,
    256,
    65_535,
    4_294_967_295,
    4_294_967_296,
    8_640_000_000_000_000,
    -8_640_000_000_000_000,
    i64::MAX,
    i64::MIN,
    1 << 62,
];
/// Numbers at which floating-point arithmetic goes wrong.
const ODD: [f64; 16] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    5e-324,
    f64::MIN_POSITIVE,
    1e-160,
    1e150,
    -1e150,
    1.1e150,
    1e308,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

pub(crate) fn pick<'a, T>(random: &mut Random, from: &'a [T]) -> &'a T {
    &from[random.below(from.len())]
}

/// A whole number: any, an edge, or near one.
pub(crate) fn whole(random: &mut Random) -> i64 {
    match random.below(3) {
        0 => random.bits() as i64,
        1 => *pick(random, &EDGES),
        _ => pick(random, &EDGES).wrapping_add(random.below(9) as i64 - 4),
    }
}

/// A floating-point number: mostly one that a sensor could send.
pub(crate) fn number(random: &mut Random) -> f64 {
    match random.below(8) {
        0 => f64::from_bits(random.bits()),
        1 => *pick(random, &ODD),
        2 => random.below(4) as f64,
        _ => 20.0 + random.normal(),
    }
}

/// A few bytes changed, as whole fields or bit by bit; sometimes some are missing or twice there.
pub(crate) fn bytes(random: &mut Random, bytes: &mut Vec<u8>, from: usize) {
    for _ in 0..1 + random.below(6) {
        if bytes.len() <= from + 8 {
            return;
        }
        let at = from + random.below(bytes.len() - from - 8);
        match random.below(6) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = random.bits() as u8,
            2 => bytes[at..at + 8].copy_from_slice(&whole(random).to_le_bytes()),
            3 => bytes[at..at + 8].copy_from_slice(&pick(random, &ODD).to_le_bytes()),
            4 => bytes[at..at + 8].copy_from_slice(&number(random).to_le_bytes()),
            _ if random.chance(0.1) => {
                let end = (at + random.below(64)).min(bytes.len());
                match random.chance(0.5) {
                    true => drop(bytes.drain(at..end)),
                    false => drop(bytes.splice(at..at, bytes[at..end].to_vec())),
                }
            }
            _ => bytes[at..at + 4].copy_from_slice(&(number(random) as f32).to_le_bytes()),
        }
    }
}

/// JSON text with some of its tokens exchanged, repeated or left out.
pub(crate) fn json(random: &mut Random, text: &str, words: &[String]) -> String {
    let mut tokens = tokens(text);
    for _ in 0..1 + random.below(4) {
        if tokens.is_empty() {
            break;
        }
        let at = random.below(tokens.len());
        match random.below(5) {
            0 => drop(tokens.remove(at)),
            1 => tokens.insert(at, tokens[at].clone()),
            2 => tokens[at] = pick(random, words).clone(),
            3 => {
                let other = random.below(tokens.len());
                tokens.swap(at, other);
            }
            _ => {
                // A whole stretch again, as when somebody pastes twice.
                let end = (at + random.below(40)).min(tokens.len());
                let stretch = tokens[at..end].to_vec();
                drop(tokens.splice(end..end, stretch));
            }
        }
    }
    tokens.concat()
}

/// Strings, signs, and whatever stands between them.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let (mut is_string, mut is_escaped) = (false, false);
    for letter in text.chars() {
        let is_sign = !is_string && "{}[],: \n\"".contains(letter);
        match tokens.last_mut() {
            Some(last)
                if is_string
                    || !is_sign && !last.ends_with(['{', '}', '[', ']', ',', ':', ' ', '\n', '"']) =>
            {
                last.push(letter);
            }
            _ => tokens.push(letter.into()),
        }
        if letter == '"' && !is_escaped {
            is_string = !is_string;
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_the_text() {
        let text = r#"{"a b": [1.5e3, "c\"d", null], "e": {}}"#;
        let tokens = tokens(text);
        assert_eq!(tokens.concat(), text);
        for token in ["\"a b\"", "1.5e3", "\"c\\\"d\"", "null", "{", "}"] {
            assert!(tokens.iter().any(|found| found == token), "{token} in {tokens:?}");
        }
    }

    #[test]
    fn bending_follows_the_seed() {
        let bent = |seed| {
            let mut random = Random::new(seed);
            let mut made = vec![7; 100];
            bytes(&mut random, &mut made, 10);
            (json(&mut random, r#"{"streams": ["a"]}"#, &["null".into()]), made)
        };
        assert_eq!(bent(3), bent(3));
        assert!((0..50).any(|seed| bent(seed) != bent(seed + 1)));
        assert!((0..50).all(|seed| bent(seed).1[..10] == [7; 10]));
    }
}
