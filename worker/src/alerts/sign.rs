//! Signatures as Standard Webhooks has them: a receiver checks them with any of its libraries.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::access::signed;

/// How a secret begins.
const PREFIX: &str = "whsec_";
/// Bytes of a secret, by the standard.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The bytes of a secret, if it is one.
pub(super) fn secret_bytes(secret: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    SECRET_BYTES.contains(&bytes.len()).then_some(bytes)
}

/// The header `webhook-signature`: one signature per live secret, so that a receiver may know either.
pub(crate) fn signature(secrets: &[String], id: &str, at_s: i64, body: &str) -> Option<String> {
    let text = format!("{id}.{at_s}.{body}");
    let one =
        |secret: &String| Some(format!("v1,{}", STANDARD.encode(signed(&secret_bytes(secret)?, &text)?)));
    Some(secrets.iter().map(one).collect::<Option<Vec<_>>>()?.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the standard's own libraries.
    #[test]
    fn a_signature_is_the_standard_one() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
        let (id, at_s) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330);
        let body = r#"{"test": 2432232314}"#;
        let one = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signature(std::slice::from_ref(&secret), id, at_s, body).as_deref(), Some(one));
        let both = signature(&[secret.clone(), secret], id, at_s, body).unwrap();
        assert_eq!(both, format!("{one} {one}"));
        assert_eq!(signature(&["whsec_x".to_owned()], id, at_s, body), None);
    }

    #[test]
    fn short_secrets_are_none() {
        let of = |bytes: usize| format!("{PREFIX}{}", STANDARD.encode(vec![7; bytes]));
        for (bytes, is_good) in [(23, false), (24, true), (64, true), (65, false)] {
            assert_eq!(secret_bytes(&of(bytes)).is_some(), is_good, "{bytes}");
        }
        assert!(secret_bytes(&of(32)[PREFIX.len()..]).is_none() && secret_bytes("whsec_?").is_none());
    }
}
