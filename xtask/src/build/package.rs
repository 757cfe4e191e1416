use super::Profile;
use crate::run::Outcome;

pub(crate) fn build(profile: Profile) -> Outcome {
    let _ = profile;
    Ok(())
}
