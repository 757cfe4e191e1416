//! Whoever listens to a system for long, or talks to it over a socket: by which key, and whether that key still counts.
//! A socket outlives the memory of its object, so its key is written on it; of a key there is only the digest.

use worker::{Env, WebSocket};

use crate::access::{Digest, Key};
use crate::front;
use crate::registry::Order;

/// The header in which the front says who is asking; without it, it is who has the admin secret.
pub(crate) const GUEST: &str = "x-fourfold-guest";
/// The header in which the front says that a key is no more.
pub(crate) const GONE_KEY: &str = "x-fourfold-gone-key";
/// Who deletes a key sees to it that its listeners are let go at once. Should that not arrive, or should the key expire,
/// it is found here: keys are looked at this often while there is something to be told.
pub(crate) const LOOK_MS: i64 = 10_000;
/// How a socket is closed whose key is no more: its policy is violated.
pub(crate) const GONE: (u16, &str) = (1008, "the key of this socket does not count any more");

/// A key that somebody showed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Guest {
    tenant: String,
    id: String,
    digest: String,
}

impl Guest {
    /// As the front tells it.
    pub(crate) fn header(key: &Key) -> String {
        format!("{} {} {}", key.tenant, key.id, key.digest.hex())
    }

    /// As the object hears it.
    pub(crate) fn read(header: &str) -> Option<Self> {
        let mut words = header.split(' ').map(str::to_owned);
        Some(Self { tenant: words.next()?, id: words.next()?, digest: words.next()? })
    }

    /// Whose socket it is.
    pub(crate) fn of(socket: &WebSocket) -> Option<Self> {
        Self::read(&socket.deserialize_attachment::<String>().ok().flatten()?)
    }

    /// Writes on a socket whose it is.
    pub(crate) fn sign(&self, socket: &WebSocket) -> worker::Result<()> {
        let Self { tenant, id, digest } = self;
        socket.serialize_attachment(format!("{tenant} {id} {digest}"))
    }

    /// The key, as far as it takes to be asked for.
    pub(crate) fn key(&self) -> Option<Key> {
        let Self { tenant, id, digest } = self.clone();
        Some(Key { tenant, id, digest: Digest::from_hex(&digest)? })
    }

    /// The id of its key.
    pub(crate) fn key_id(&self) -> &str {
        &self.id
    }

    /// Whether the registry says that the key is no more. A registry that says nothing is asked another time.
    pub(crate) async fn is_gone(&self, env: &Env) -> bool {
        let order = Order::Check { id: self.id.clone(), digest: self.digest.clone() };
        self.is_refused(env, &order).await
    }

    /// Tells the registry to which system it listens, so that this system is told when the key is no more. Whether it is
    /// so already.
    pub(crate) async fn is_gone_before_it_listens(&self, system: String, env: &Env) -> bool {
        let order = Order::Listen { id: self.id.clone(), digest: self.digest.clone(), system };
        self.is_refused(env, &order).await
    }

    async fn is_refused(&self, env: &Env, order: &Order) -> bool {
        let answer = front::order(env, &self.tenant, order, None).await;
        answer.is_ok_and(|response| response.status_code() == 401)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_is_read_as_it_was_told() {
        let (key, _) = Key::make("acme-2").unwrap();
        let guest = Guest::read(&Guest::header(&key)).unwrap();
        assert_eq!(guest.key(), Some(key));
        assert_eq!(Guest::read("acme 1"), None);
        assert_eq!(Guest::read("acme 1 x").unwrap().key(), None);
    }
}
