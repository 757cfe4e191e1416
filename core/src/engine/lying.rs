//! What becomes of the whole when one of its parts lies.

use alloc::vec::Vec;

use super::learned::Learned;
use crate::SchemaDraft;
use crate::evaluate::ranking::auc_pr;
use crate::math::{log10, sin};
use crate::opinion::{Health, Opinion};
use crate::rng::Rng;
use crate::schema::Schema;
use crate::verdict::{Verdict, View};

const STREAMS: usize = 5;
const ROWS: usize = 4000;
/// The lie begins here, and is to be known so many frames later.
const LIE_FROM: usize = 1500;
const KNOWN_AFTER: usize = 50;
/// From here on there are dips of six rows to be found.
const DIPS_FROM: usize = 1600;

/// A lie about one view's opinion: what it says is always alarming, always calm, no number, or what it last said.
#[derive(Clone, Copy, Debug)]
enum Lie {
    Alarming,
    Calm,
    NotANumber,
    Stale,
}

impl Lie {
    fn told(self, truth: Opinion, last: Opinion) -> Opinion {
        let chance = match self {
            Self::Alarming => 0.004,
            Self::Calm => 0.9,
            Self::NotANumber => f64::NAN,
            Self::Stale => last.chance,
        };
        Opinion { chance, oddness: truth.oddness.map(|_| chance), health: Health::Ready, ..truth }
    }
}

fn is_dip(row: usize) -> bool {
    row >= DIPS_FROM && row % 240 < 6
}

/// Five streams with a daily rhythm. Each time another one goes wrong, by another amount: every view can see that.
fn values(row: usize, rng: &mut Rng) -> Vec<Option<f64>> {
    let wave = |stream: usize| sin(row as f64 / 288.0 * core::f64::consts::TAU + stream as f64);
    let noise = |rng: &mut Rng| (0..6).map(|_| f64::from(rng.unit()) - 0.5).sum::<f64>();
    let time = row / 240;
    let size = [0.5, 1.5, 0.7, 1.3][time % 4] + 0.01 * time as f64;
    let dip = |stream: usize| if is_dip(row) && stream == time % STREAMS { size } else { 1.0 };
    (0..STREAMS)
        .map(|stream| Some(100.0 * dip(stream) * (1.0 + 0.15 * wave(stream) + 0.02 * noise(rng))))
        .collect()
}

/// What was said from the first dip on.
struct Said {
    decades: Vec<f64>,
    vote: Vec<f64>,
    is_known_in_time: bool,
}

fn run(lie: Option<(View, Lie)>) -> Said {
    let schema: Schema =
        SchemaDraft::of_streams(["a", "b", "c", "d", "e"]).validate().expect("five names are a schema");
    let mut learned = Learned::new(&schema);
    let mut verdict = Verdict::blank(&schema);
    let mut rng = Rng::new(7);
    let mut last = [Opinion::default(); View::COUNT - 1];
    let mut said = Said { decades: Vec::new(), vote: Vec::new(), is_known_in_time: false };
    for row in 0..ROWS {
        let values = values(row, &mut rng);
        learned.take_as_told(
            &schema,
            1_704_067_200_000 + 300_000 * row as i64,
            &values,
            &mut verdict,
            |truth| {
                let mut told = truth;
                if let Some((view, lie)) = lie.filter(|_| row >= LIE_FROM) {
                    told[view as usize - 1] = lie.told(truth[view as usize - 1], last[view as usize - 1]);
                }
                last = told;
                told
            },
        );
        assert!(verdict.oddness.is_finite() && (0.0..=1.0).contains(&verdict.score), "row {row}");
        if let Some((view, _)) = lie.filter(|_| row == LIE_FROM + KNOWN_AFTER) {
            said.is_known_in_time = verdict.views[view as usize].health == Health::Broken;
        }
        if row >= DIPS_FROM {
            said.decades.push(-log10((1.0 - verdict.score).max(1e-12)));
            // Every view alike, believed as it is.
            let votes = verdict.views.iter().filter_map(|view| view.score);
            let votes: Vec<f64> = votes.map(|score| if score.is_finite() { score } else { 1.0 }).collect();
            said.vote.push(votes.iter().sum::<f64>() / votes.len().max(1) as f64);
        }
    }
    said
}

#[test]
fn a_lying_view_is_known_in_time_and_costs_less_than_in_a_vote_of_equals() {
    let labels: Vec<bool> = (DIPS_FROM..ROWS).map(is_dip).collect();
    let area = |scores: &[f64]| auc_pr(scores, &labels).expect("there are dips, and there is more");
    let honest = run(None);
    let (whole, vote) = (area(&honest.decades), area(&honest.vote));
    assert!(whole > 0.5, "{whole}");
    for view in [View::Novelty, View::Dependence] {
        for lie in [Lie::Alarming, Lie::Calm, Lie::NotANumber, Lie::Stale] {
            let lied = run(Some((view, lie)));
            let (lost, lost_by_vote) = (whole - area(&lied.decades), vote - area(&lied.vote));
            assert!(lied.is_known_in_time, "{view:?}, {lie:?}");
            assert!(
                lost < 0.05 || lost < lost_by_vote,
                "{view:?}, {lie:?}: {lost} of {whole}, a vote {lost_by_vote} of {vote}"
            );
        }
    }
}
