//! JSON text to a draft to a schema.

use std::sync::LazyLock;

use fourfold::{Engine, Error, SchemaDraft};
use fourfold_sim::Random;

use crate::bend;

/// The shipped schemas, and short ones that use every word of the format.
const TEXTS: [&str; 8] = [
    include_str!("../../../../core/presets/iot.json"),
    include_str!("../../../../core/presets/lifelog.json"),
    include_str!("../../../../core/presets/network.json"),
    include_str!("../../../../core/presets/service.json"),
    include_str!("../../../../core/presets/transactions.json"),
    include_str!("../../corpus/every_word.json"),
    include_str!("../../corpus/names_only.json"),
    include_str!("../../corpus/hostile_words.json"),
];
/// An engine of more streams than this takes its time, and shows no more.
const STREAMS_MOST: usize = 40;

/// All tokens of all texts.
static WORDS: LazyLock<Vec<String>> =
    LazyLock::new(|| TEXTS.iter().flat_map(|text| bend::tokens(text)).collect());

pub(crate) fn play(random: &mut Random) -> bool {
    let whole = *bend::pick(random, &TEXTS);
    let text = bend::json(random, whole, &WORDS);
    match SchemaDraft::from_json(&text).and_then(SchemaDraft::validate) {
        Ok(schema) => {
            let draft = schema.to_draft();
            let json = serde_json::to_string(&draft).unwrap_or_else(|error| panic!("{error} in {draft:?}"));
            let again = SchemaDraft::from_json(&json).and_then(SchemaDraft::validate);
            assert_eq!(again.as_ref(), Ok(&schema), "through {json}");
            if schema.streams().len() <= STREAMS_MOST {
                let mut engine = Engine::new(schema);
                super::live(random, &mut engine, 3);
                super::assert_opens_again(&engine);
            }
            true
        }
        Err(Error::Schema(faults)) => {
            assert!(!faults.is_empty());
            for fault in faults {
                assert!(fault.code().starts_with("schema.") && !fault.to_string().is_empty());
            }
            false
        }
        Err(error) => panic!("a fault of another family: {error}"),
    }
}
