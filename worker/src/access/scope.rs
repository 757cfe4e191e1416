//! What a key may do.

use serde::{Deserialize, Serialize};

/// One kind of right. A sensor needs only `write`, a wall display only `read`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scope {
    /// See what is known.
    Read,
    /// Send frames, events and labels.
    Write,
    /// All of it, and make, change and delete systems and keys.
    Admin,
}

impl Scope {
    /// The word in requests and answers.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

/// The rights of a key, in order and each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Scopes(Vec<Scope>);

impl Scopes {
    /// Every right.
    #[cfg(test)]
    pub(crate) fn all() -> Self {
        Self(vec![Scope::Admin])
    }

    /// In order, each once.
    pub(crate) fn tidy(mut self) -> Self {
        self.0.sort();
        self.0.dedup();
        self
    }

    /// A key that may do nothing is a mistake.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a right is among them; `admin` has every other.
    pub(crate) fn allow(&self, scope: Scope) -> bool {
        self.0.iter().any(|given| *given == scope || *given == Scope::Admin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_is_not_writing_and_admin_is_both() {
        let of = |text: &str| serde_json::from_str::<Scopes>(text).map(Scopes::tidy).unwrap();
        for (scopes, allowed) in [
            (of("[]"), vec![]),
            (of(r#"["read"]"#), vec![Scope::Read]),
            (of(r#"["write","write"]"#), vec![Scope::Write]),
            (of(r#"["write","read"]"#), vec![Scope::Read, Scope::Write]),
            (Scopes::all(), vec![Scope::Read, Scope::Write, Scope::Admin]),
        ] {
            for scope in [Scope::Read, Scope::Write, Scope::Admin] {
                assert_eq!(scopes.allow(scope), allowed.contains(&scope), "{scopes:?} {}", scope.word());
            }
        }
        assert_eq!(of(r#"["write","read","write"]"#), of(r#"["read","write"]"#));
        assert!(serde_json::from_str::<Scopes>(r#"["root"]"#).is_err());
    }
}
