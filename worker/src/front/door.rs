//! Who is asking, and whether they may.

use std::cell::RefCell;

use worker::{Date, Env, Request};

use super::call;
use super::fault::DoorFault;
use super::trace::Trace;
use super::visit::Visit;
use crate::access::{Allowance, Digest, Grants, Key, Leased, Scope, Scopes, Spending, digest, is_tenant};
use crate::body;
use crate::refusal::Refusal;
use crate::registry::{Actor, Order, TENANT};

/// The binding of the secret that everything else is made with.
const ADMIN_SECRET: &str = "ADMIN_SECRET";
/// Fewer bytes than this can be guessed.
const SECRET_BYTES_MIN: usize = 32;
/// A secret that begins like this is public: it opens nothing but a Worker on this very machine.
const DEVELOPMENT: &str = "development-only";
/// The tenant of an admin who names none.
pub(crate) const TENANT_USUAL: &str = "main";
/// The name of the admin secret in the audit log.
pub(super) const ADMIN: &str = "admin";
/// A browser's WebSocket can not send an `Authorization`, only names of protocols.
const BEARER_PROTOCOL: &str = "bearer.";
/// Grants of one key that other requests may take away before this one is served.
const TURNS: u32 = 8;

thread_local! {
    /// What this instance of the front knows of keys.
    static GRANTS: RefCell<Grants> = const { RefCell::new(Grants::new()) };
}

/// Somebody who may come in.
#[derive(Debug)]
pub(super) struct Caller {
    /// Whose systems are meant.
    pub(super) tenant: String,
    /// As the audit log names them.
    pub(super) by: Actor,
    /// The key that was shown, unless it was the admin secret: what stays open is closed once it does not count.
    pub(super) key: Option<Key>,
}

/// Lets a caller in who has a right, and takes one request out of the key's bucket.
pub(super) async fn admit(
    request: &Request,
    env: &Env,
    scope: Scope,
    visit: &mut Visit,
) -> Result<Caller, Refusal> {
    let admin = admin_digest(request, env)?;
    let shown = shown(request).ok_or(DoorFault::NoKey)?;
    let key = if digest(&shown) == admin {
        None
    } else {
        let key = Key::read(&shown).ok_or(DoorFault::BadKey)?;
        let (spare, scopes) = spend(&key, env, Some(&visit.trace)).await;
        visit.allowance = spare;
        let scopes = scopes?;
        if !scopes.allow(scope) {
            return Err(DoorFault::NotAllowed { scope }.into());
        }
        Some(key)
    };
    let (tenant, name) = match &key {
        Some(key) => (key.tenant.clone(), key.id.clone()),
        None => (named_tenant(request)?, ADMIN.to_owned()),
    };
    visit.tenant = Some(tenant.clone());
    visit.key = Some(name.clone());
    Ok(Caller { tenant, by: Actor { key: name, request: visit.trace.id.clone() }, key })
}

/// What a key may still do, and in how many milliseconds it may do anything again.
pub(crate) type Spare = (Allowance, Option<u64>);

/// One request out of a key's bucket: what is left, and the key's rights.
pub(crate) async fn spend(
    key: &Key,
    env: &Env,
    trace: Option<&Trace>,
) -> (Option<Spare>, Result<Scopes, Refusal>) {
    for _ in 0..TURNS {
        let now_ms = Date::now().as_millis();
        let spending =
            GRANTS.with(|grants| grants.try_borrow_mut().map(|mut grants| grants.spend(key, now_ms)));
        match spending {
            Ok(Spending::Spent(scopes, allowance)) => return (Some((allowance, None)), Ok(scopes)),
            Ok(Spending::Empty(allowance, wait_ms)) => {
                let refusal = DoorFault::TooOften { per_s: allowance.limit.per_s, wait_ms };
                return (Some((allowance, Some(wait_ms))), Err(refusal.into()));
            }
            Ok(Spending::Ask(unused)) => {
                if let Err(refusal) = ask(key, unused, env, trace).await {
                    return (None, Err(refusal));
                }
            }
            Err(_) => break,
        }
    }
    (None, Err(Refusal::NoAnswer))
}

/// Asks the registry for requests, and whether the key counts at all.
async fn ask(key: &Key, unused: u32, env: &Env, trace: Option<&Trace>) -> Result<(), Refusal> {
    let order = Order::Lease { id: key.id.clone(), digest: key.digest.hex(), unused };
    let mut response = call::registry(env, &key.tenant, &order, trace).await?;
    let leased = match response.status_code() {
        200 => Some(body::kept::<Leased>(&response.bytes().await.map_err(|_| Refusal::NoAnswer)?)?),
        401 => None,
        _ => return Err(Refusal::NoAnswer),
    };
    let now_ms = Date::now().as_millis();
    GRANTS.with(|grants| {
        let mut grants = grants.try_borrow_mut().map_err(|_| Refusal::NoAnswer)?;
        match leased {
            Some(leased) => {
                grants.learn(key, leased, now_ms);
                Ok(())
            }
            None => {
                grants.forget(key);
                Err(DoorFault::BadKey.into())
            }
        }
    })
}

/// Forgets here at once what was told of a key that is deleted.
pub(super) fn forget(tenant: &str, id: &str) {
    GRANTS.with(|grants| {
        if let Ok(mut grants) = grants.try_borrow_mut() {
            grants.drop_key(tenant, id);
        }
    });
}

/// What the caller shows: a bearer token, or for a WebSocket the name of a protocol.
fn shown(request: &Request) -> Option<String> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    if let Some(authorization) = header("authorization") {
        let (scheme, token) = authorization.trim().split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned());
    }
    let protocols = header("sec-websocket-protocol")?;
    protocols.split(',').find_map(|name| name.trim().strip_prefix(BEARER_PROTOCOL)).map(str::to_owned)
}

fn named_tenant(request: &Request) -> Result<String, Refusal> {
    let tenant = request.headers().get(TENANT).ok().flatten().unwrap_or_else(|| TENANT_USUAL.to_owned());
    if is_tenant(&tenant) { Ok(tenant) } else { Err(DoorFault::BadTenant.into()) }
}

/// The deployment's own secret; empty where there is none.
pub(crate) fn admin_secret(env: &Env) -> String {
    env.secret(ADMIN_SECRET).map(|secret| secret.to_string()).unwrap_or_default()
}

/// The digest of the admin secret, unless there is none that deserves the name.
fn admin_digest(request: &Request, env: &Env) -> Result<Digest, Refusal> {
    let secret = admin_secret(env);
    let host = request.url().ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    match secret_fault(&secret, &host) {
        None => Ok(digest(&secret)),
        Some(remedy) => Err(DoorFault::NotConfigured { remedy }.into()),
    }
}

/// What is wrong with a secret at an address.
fn secret_fault(secret: &str, host: &str) -> Option<&'static str> {
    let is_here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    if secret.is_empty() {
        Some("its owner sets one with `wrangler secret put ADMIN_SECRET`")
    } else if secret.len() < SECRET_BYTES_MIN {
        Some("its owner sets one of 32 bytes or more with `wrangler secret put ADMIN_SECRET`")
    } else if secret.starts_with(DEVELOPMENT) && !is_here {
        Some(
            "the one for development works on localhost only; its owner sets another with `wrangler secret put ADMIN_SECRET`",
        )
    } else {
        None
    }
}

/// `RateLimit-Policy` and `RateLimit` as draft-ietf-httpapi-ratelimit-headers-10 has them: the whole bucket with the
/// seconds that fill it, then what is left with the seconds until there is more.
pub(super) fn limit_headers((allowance, wait_ms): (Allowance, Option<u64>)) -> (String, String) {
    let Allowance { limit, left } = allowance;
    let seconds = |ms: u64| ms.div_ceil(1000).max(1);
    let window_s = seconds(limit.ms_for(f64::from(limit.burst)));
    let reset_s =
        seconds(wait_ms.unwrap_or_else(|| limit.ms_for(f64::from(limit.burst.saturating_sub(left)))));
    let policy = format!(r#""requests";q={};w={window_s}"#, limit.burst);
    (policy, format!(r#""requests";r={left};t={reset_s}"#))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Limit;

    #[test]
    fn a_public_secret_opens_nothing_elsewhere() {
        let development = format!("{DEVELOPMENT}-{}", "x".repeat(32));
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            assert_eq!(secret_fault(&development, host), None);
        }
        assert!(
            secret_fault(&development, "fourfold.example.workers.dev").unwrap().contains("localhost only")
        );
        assert!(secret_fault("", "localhost").is_some());
        assert!(secret_fault("short", "localhost").unwrap().contains("32 bytes"));
        assert_eq!(secret_fault(&"k".repeat(32), "a.example"), None);
    }

    #[test]
    fn headers_tell_what_is_left() {
        let limit = Limit { per_s: 2.0, burst: 10 };
        let headers = limit_headers((Allowance { limit, left: 7 }, None));
        assert_eq!(headers, (r#""requests";q=10;w=5"#.into(), r#""requests";r=7;t=2"#.into()));
        let (_, left) = limit_headers((Allowance { limit, left: 0 }, Some(400)));
        assert_eq!(left, r#""requests";r=0;t=1"#);
    }
}
