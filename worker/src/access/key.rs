//! Keys: what a caller shows, and what is kept of it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// Whoever finds one in a repository or a log sees what it is.
const PREFIX: &str = "fourfold";
/// The longest name of a tenant.
const TENANT_BYTES_MAX: usize = 32;
/// Letters of a key's id: 48 bits, which name a key and protect nothing.
const ID_HEX: usize = 12;
/// Letters of a key's secret: 256 bits. Nobody guesses that, so a plain digest protects it as well as a slow one.
const SECRET_HEX: usize = 64;

/// What is kept of a secret.
#[derive(Clone, Debug)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    /// As it is stored.
    pub(crate) fn hex(&self) -> String {
        hex(&self.0)
    }

    /// As it was stored.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        let bytes = pairs.iter().map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        bytes.collect::<Option<Vec<_>>>()?.try_into().ok().map(Self)
    }
}

/// Takes the same time wherever the first difference is.
impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// The digest of a secret.
pub(crate) fn digest(secret: impl AsRef<[u8]>) -> Digest {
    Digest(Sha256::digest(secret).into())
}

/// What a text becomes by a secret (HMAC-SHA256): nobody without it can say.
pub(crate) fn signed(secret: &[u8], text: &str) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(text.as_bytes());
    Some(mac.finalize().into_bytes().into())
}

/// `fourfold_<tenant>_<id>_<secret>`: it says which registry to ask, so no registry needs to know them all.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    /// Whose it is.
    pub(crate) tenant: String,
    /// Which one.
    pub(crate) id: String,
    /// The digest of the whole text.
    pub(crate) digest: Digest,
}

impl Key {
    /// The key in a text, if it has the form of one.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('_');
        let (prefix, tenant, id, secret) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let is_whole = parts.next().is_none() && prefix == PREFIX && is_tenant(tenant);
        let is_key = is_whole && is_hex(id, ID_HEX) && is_hex(secret, SECRET_HEX);
        is_key.then(|| Self { tenant: tenant.to_owned(), id: id.to_owned(), digest: digest(text) })
    }

    /// A new one, and its text.
    pub(crate) fn make(tenant: &str) -> Option<(Self, String)> {
        Self::of(tenant, &random_hex(ID_HEX)?, &random_hex(SECRET_HEX)?)
    }

    /// A name for a new one.
    pub(crate) fn fresh_id() -> Option<String> {
        random_hex(ID_HEX)
    }

    /// One that can be made again by who has the deployment's own secret, and by nobody who has only what is stored.
    pub(crate) fn derive(tenant: &str, id: &str, salt: &str, secret: &str) -> Option<(Self, String)> {
        let text = format!("fourfold key {tenant} {id} {salt}");
        Self::of(tenant, id, &hex(&signed(secret.as_bytes(), &text)?))
    }

    fn of(tenant: &str, id: &str, secret: &str) -> Option<(Self, String)> {
        let text = format!("{PREFIX}_{tenant}_{id}_{secret}");
        Self::read(&text).map(|key| (key, text))
    }
}

/// Lower-case letters, digits and `-`: never the `_` that divides a key, nor the `/` that divides an object's name.
pub(crate) fn is_tenant(name: &str) -> bool {
    (1..=TENANT_BYTES_MAX).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// So many letters that nobody can foresee; nothing where the platform has no randomness.
pub(crate) fn random_hex(letters: usize) -> Option<String> {
    let mut bytes = vec![0; letters / 2];
    getrandom::fill(&mut bytes).ok()?;
    Some(hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn is_hex(text: &str, letters: usize) -> bool {
    text.len() == letters && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_made() {
        let (key, text) = Key::make("acme-2").unwrap();
        assert_eq!(Key::read(&text), Some(key.clone()));
        assert_eq!(Digest::from_hex(&key.digest.hex()), Some(key.digest.clone()));
        assert!(!text.contains(&key.digest.hex()));
        let (other, _) = Key::make("acme-2").unwrap();
        assert!(other.id != key.id && other.digest != key.digest);
    }

    #[test]
    fn a_key_is_made_again_by_who_has_the_secret() {
        let (key, text) = Key::derive("main", "0123456789ab", "salt", "secret").unwrap();
        assert_eq!(Key::read(&text), Some(key.clone()));
        assert_eq!(Key::derive("main", "0123456789ab", "salt", "secret").unwrap().1, text);
        let others = [("other", "salt", "secret"), ("main", "tlas", "secret"), ("main", "salt", "terces")];
        for (tenant, salt, secret) in others {
            let (other, _) = Key::derive(tenant, "0123456789ab", salt, secret).unwrap();
            assert!(other.digest != key.digest, "{tenant} {salt} {secret}");
        }
        assert!(Key::derive("main", "no id", "salt", "secret").is_none());
    }

    #[test]
    fn what_is_no_key_is_none() {
        let (_, text) = Key::make("main").unwrap();
        let without_end = &text[..text.len() - 1];
        for wrong in
            ["", "fourfold", without_end, &format!("{text}0"), &format!("{text}_0"), &text.to_uppercase()]
        {
            assert_eq!(Key::read(wrong), None, "{wrong}");
        }
        assert_eq!(Key::read(&text.replace("main", "MAIN")), None);
        assert!(Key::make("a/b").is_none() && Key::make("").is_none() && Key::make("a_b").is_none());
        assert_eq!(Digest::from_hex("00"), None);
        assert_eq!(Digest::from_hex(&"ü".repeat(32)), None);
    }

    /// From the standard's own example.
    #[test]
    fn the_digest_is_sha_256() {
        assert_eq!(digest("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
