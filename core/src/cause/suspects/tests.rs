//! Small worlds in which it is plain who it was.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::rng::Rng;
use crate::schema::LinkDraft;
use crate::verdict::Verdict;
use crate::{Schema, SchemaDraft};

const USUAL: usize = 200;
const TROUBLE: usize = 16;

/// What every stream says at a row; the second number is noise of its own, about as large as one.
type World = fn(usize, &mut dyn FnMut() -> f64) -> Vec<Option<f64>>;

fn schema(names: &[&str], links: &[(&str, &str)]) -> Schema {
    let mut draft = SchemaDraft::of_streams(names.iter().copied());
    let link = |&(from, to): &(&str, &str)| LinkDraft { from: from.into(), to: to.into() };
    draft.links = links.iter().map(link).collect();
    draft.validate().expect("valid")
}

fn ranking(schema: &Schema, target: Option<usize>, world: World) -> Ranking {
    let mut history = History::new(schema);
    let mut verdict = Verdict::blank(schema);
    let mut rng = Rng::new(3);
    let mut noise = || f64::from(rng.unit() + rng.unit() + rng.unit() - 1.5) * 2.0;
    for row in 0..USUAL + TROUBLE {
        verdict.at_ms = row as i64;
        history.learn(&world(row, &mut noise), &verdict);
    }
    let (onset, end) = (USUAL, USUAL + TROUBLE - 1);
    rank(&Scene { history: &history, onset, end, target, links: schema.links(), streams: schema.streams() })
}

fn trouble(row: usize) -> f64 {
    f64::from(u8::from(row >= USUAL))
}

fn order(ranking: &Ranking) -> Vec<usize> {
    ranking.suspects.iter().map(|suspect| suspect.stream).collect()
}

#[test]
fn who_falls_is_found_like_who_rises() {
    let schema = schema(&["a", "b", "c", "d", "e"], &[]);
    let said = ranking(&schema, None, |row, noise| {
        let late = f64::from(u8::from(row >= USUAL + 8));
        vec![
            Some(noise()),
            Some(noise() - 20.0 * late),
            Some(noise()),
            Some(noise()),
            Some(noise() + 8.0 * trouble(row)),
        ]
    });
    assert_eq!(order(&said)[..2], [1, 4]);
    let first = said.suspects[0];
    assert!(first.is_low && first.face == Face::Level && (15.0..30.0).contains(&first.size), "{first:?}");
    assert_eq!((first.onset_ms, said.suspects[1].onset_ms), (USUAL as i64 + 8, USUAL as i64));
}

#[test]
fn a_stuck_stream_and_a_missing_one_have_their_faces() {
    let schema = schema(&["a", "b", "c", "d", "e", "f"], &[]);
    let said = ranking(&schema, None, |row, noise| {
        let is_trouble = trouble(row) > 0.0;
        let stuck = if is_trouble { 0.5 } else { noise() };
        let missing = (!is_trouble && row % 7 > 0).then(&mut *noise);
        vec![Some(noise()), Some(stuck), missing, Some(noise()), Some(4.0), Some(noise())]
    });
    let faces: Vec<(usize, Face)> =
        said.suspects[..2].iter().map(|suspect| (suspect.stream, suspect.face)).collect();
    assert!(faces.contains(&(1, Face::Stuck)) && faces.contains(&(2, Face::Missing)), "{said:?}");
    let constant = said.suspects.iter().find(|suspect| suspect.stream == 4).expect("all are ranked");
    assert_eq!(constant.weight, 0.0, "what never changed is not stuck");
}

#[test]
fn who_moves_with_the_named_one_outranks_who_moves_more() {
    let schema = schema(&["front", "cart", "cron", "mail"], &[]);
    let world: World = |row, noise| {
        let pulse = trouble(row) * f64::from(u8::from(row % 4 < 2));
        vec![
            Some(noise() + 9.0 * pulse),
            Some(noise() + 12.0 * pulse),
            Some(noise() + 30.0 * trouble(row)),
            Some(noise()),
        ]
    };
    assert_eq!(order(&ranking(&schema, None, world))[0], 2);
    let said = ranking(&schema, Some(0), world);
    assert_eq!(order(&said)[0], 1);
    assert_eq!(said.suspects.iter().find(|suspect| suspect.stream == 0).map(|asked| asked.weight), Some(0.0));
}

#[test]
fn a_link_leads_to_the_cause_although_its_effect_is_larger() {
    let names = ["a", "b", "c", "d"];
    let world: World = |row, noise| {
        let cause = noise() + 11.0 * trouble(row);
        vec![Some(1.3 * cause), Some(cause), Some(noise()), Some(noise())]
    };
    assert_eq!(order(&ranking(&schema(&names, &[("b", "a")]), None, world))[0], 1);
    assert_eq!(order(&ranking(&schema(&names, &[("a", "b")]), None, world))[0], 0);
}

#[test]
fn along_a_chain_the_far_end_is_upstream() {
    // root -> middle -> front, each with noise of its own, so that each step loses something.
    let schema = schema(&["front", "middle", "root", "other"], &[]);
    let said = ranking(&schema, Some(0), |row, noise| {
        let root = noise() + 15.0 * trouble(row);
        let middle = root + 0.4 * noise();
        vec![Some(middle + noise()), Some(middle), Some(root), Some(noise())]
    });
    assert_eq!(order(&said)[..2], [2, 1]);
}

#[test]
fn one_that_moves_is_known_and_everybody_moving_is_nobody() {
    let schema = schema(&["a", "b", "c", "d", "e", "f"], &[]);
    let one = ranking(&schema, None, |row, noise| {
        let mut values: Vec<Option<f64>> = (0..6).map(|_| Some(noise())).collect();
        values[3] = values[3].map(|x| x + 12.0 * trouble(row));
        values
    });
    assert!(order(&one)[0] == 3 && one.known > 0.7, "{}", one.known);
    let all =
        ranking(&schema, None, |row, noise| (0..6).map(|_| Some(noise() + 12.0 * trouble(row))).collect());
    assert!(all.known < 0.3, "{}", all.known);
    let nobody = ranking(&schema, None, |_, _| vec![Some(1.0); 6]);
    assert_eq!(nobody.known, 0.0);
}

#[test]
fn who_was_never_seen_can_not_be_cleared() {
    let names = ["a", "b", "c", "d", "e", "f"];
    let world: World = |row, noise| {
        let mut values: Vec<Option<f64>> = (0..6).map(|_| Some(noise())).collect();
        values[1] = values[1].map(|x| x + 12.0 * trouble(row));
        values[0] = None;
        values
    };
    let known = |links: &[(&str, &str)]| ranking(&schema(&names, links), None, world).known;
    let elsewhere = known(&[("a", "f")]);
    assert!(elsewhere > 0.7, "{elsewhere}");
    assert!(known(&[("a", "c"), ("c", "b")]) < 0.3 && known(&[]) < 0.3);
}

/// Two things that call a third: the latency of `b` is odd because of its own doing, and that one asks more of `a` then.
#[test]
fn trouble_comes_along_links_of_its_own_kind() {
    let names = ["a|late", "a|asked", "b|late", "b|asked", "c|late", "c|asked"];
    let world: World = |row, noise| {
        let slow = if row >= USUAL + 4 { 9.0 } else { 0.0 };
        let asked = if row >= USUAL + 4 { 10.0 } else { 0.0 };
        let mut values: Vec<Option<f64>> = (0..6).map(|_| Some(noise())).collect();
        for (stream, by) in [(1, asked), (2, slow), (4, slow)] {
            values[stream] = values[stream].map(|x| x + by);
        }
        values
    };
    let of_kind =
        [("a|late", "b|late"), ("a|asked", "b|asked"), ("b|late", "c|late"), ("b|asked", "c|asked")];
    let any = [("a|late", "b|asked"), ("a|asked", "b|late"), ("b|late", "c|asked"), ("b|asked", "c|late")];
    let everything: Vec<(&str, &str)> = of_kind.iter().chain(&any).copied().collect();
    for links in [&of_kind[..], &everything] {
        let said = ranking(&schema(&names, links), Some(4), world);
        assert_eq!(order(&said)[0], 2, "{:?}", said.suspects);
    }
    // Where the link says that requests make it late, they do.
    let said = ranking(&schema(&names, &[("a|asked", "b|late"), ("b|late", "c|late")]), Some(4), world);
    assert_eq!(order(&said)[0], 1, "{:?}", said.suspects);
}

#[test]
fn who_is_asleep_is_no_witness_that_others_were_spared() {
    let names: Vec<String> = (0..24).map(|place| format!("s{place}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let world: World = |row, noise| {
        let mut values: Vec<Option<f64>> = (0..24).map(|_| Some(noise() + 12.0 * trouble(row))).collect();
        // Two thirds are away every other while, now as well.
        values
            .iter_mut()
            .skip(8)
            .filter(|_| row % 40 >= 20 || row + 20 >= USUAL)
            .for_each(|value| *value = None);
        values
    };
    let said = ranking(&schema(&names, &[]), None, world);
    assert!(said.known < 0.3, "{}", said.known);
}
