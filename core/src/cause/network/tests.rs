//! Networks that can be worked out by hand.

use super::reading::Shares;
use super::*;
use crate::rng::Rng;
use crate::snapshot::{Reader, State, Writer};
use crate::{Schema, SchemaDraft, schema::LinkDraft};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

fn schema(links: &[(usize, usize)]) -> Schema {
    let mut draft = SchemaDraft::of_streams(NAMES);
    let name = |place: usize| NAMES[place].into();
    draft.links = links.iter().map(|&(from, to)| LinkDraft { from: name(from), to: name(to) }).collect();
    draft.validate().expect("valid")
}

fn said(level: Level) -> StreamVerdict {
    StreamVerdict {
        present: level != Absent,
        score: Some(if matches!(level, Low | High) { 0.95 } else { 0.5 }),
        is_low: level == Low,
        ..StreamVerdict::default()
    }
}

/// Learns so many frames of one kind, a millisecond apart: nothing is forgotten.
fn learn(network: &mut Network, now_ms: &mut i64, levels: [Level; 4], frames: usize) {
    for _ in 0..frames {
        *now_ms += 1;
        network.learn(Moment::utc(*now_ms), &levels.map(said));
    }
}

use Level::{Absent, High, Low, Usual};

#[test]
fn the_posterior_of_one_cause_is_that_of_the_book() {
    // Of 100 frames the cause is high in 10; the effect in 8 of those, and in 4 of the others.
    let mut network = Network::new(&schema(&[(0, 1)]));
    let mut now_ms = 0;
    learn(&mut network, &mut now_ms, [Usual; 4], 86);
    learn(&mut network, &mut now_ms, [Usual, High, Usual, Usual], 4);
    learn(&mut network, &mut now_ms, [High, High, Usual, Usual], 8);
    learn(&mut network, &mut now_ms, [High, Usual, Usual, Usual], 2);
    let levels = [High, High, Usual, Usual];
    let reading = Reading::new(&network, Moment::utc(now_ms), &levels);
    // Usually (12 + 1/2) / 102; the hour is always the same one, and shrinks like a cause;
    // with the cause high (8 + 2 usual) / 12, which is 5.607 times as likely.
    assert!((reading.expected(1)[High as usize] - 0.680_78).abs() < 1e-4, "{:?}", reading.expected(1));
    let shares = reading.shares(1);
    let [(Source::Stream { stream: 0, is_learned: false }, share)] = shares.of[..] else {
        panic!("{shares:?}")
    };
    // ln 0.12255 = -2.0992 before, ln 0.68078 = -0.3845 after.
    assert!((share - (2.0992 - 0.3845) / 2.0992).abs() < 1e-3, "{share}");
    assert!((share + shares.unexplained - 1.0).abs() < 1e-9);
    assert_eq!(reading.upstream(1), [1, 0]);
    assert!((reading.doing_of(0)[1] - share).abs() < 1e-12);
    // The cause itself has no cause.
    assert_eq!((reading.shares(0).of.len(), reading.upstream(0)), (0, vec![0]));
    // With the cause as usual nothing explains the effect.
    let levels = [Usual, High, Usual, Usual];
    let reading = Reading::new(&network, Moment::utc(now_ms), &levels);
    assert_eq!(reading.shares(1), Shares { of: vec![], unexplained: 1.0 });
    assert_eq!(reading.upstream(1), [1]);
}

#[test]
fn much_data_outweighs_what_was_assumed_before() {
    let mut network = Network::new(&schema(&[(0, 1)]));
    let mut now_ms = 0;
    learn(&mut network, &mut now_ms, [Usual; 4], 60_000);
    learn(&mut network, &mut now_ms, [Low, Absent, Usual, Usual], 8_000);
    learn(&mut network, &mut now_ms, [Low, Usual, Usual, Usual], 2_000);
    let levels = [Low, Absent, Usual, Usual];
    let expected = Reading::new(&network, Moment::utc(now_ms), &levels).expected(1);
    assert!((expected[Absent as usize] - 0.8).abs() < 0.002, "{expected:?}");
}

#[test]
fn shares_of_two_causes_and_the_rest_are_a_whole() {
    let mut network = Network::new(&schema(&[(0, 2), (1, 2), (2, 3)]));
    let mut now_ms = 0;
    learn(&mut network, &mut now_ms, [Usual; 4], 2000);
    learn(&mut network, &mut now_ms, [High, Usual, High, Usual], 40);
    learn(&mut network, &mut now_ms, [Usual, High, High, Usual], 10);
    learn(&mut network, &mut now_ms, [Usual, High, Usual, Usual], 30);
    learn(&mut network, &mut now_ms, [Usual, Usual, High, High], 20);
    let levels = [High, High, High, High];
    let reading = Reading::new(&network, Moment::utc(now_ms), &levels);
    let shares = reading.shares(2);
    let streams: Vec<Source> = shares.of.iter().map(|(source, _)| *source).collect();
    let stream = |stream| Source::Stream { stream, is_learned: false };
    assert_eq!(streams, [stream(0), stream(1)], "who was always followed explains more");
    let whole: f64 = shares.of.iter().map(|(_, share)| share).sum::<f64>() + shares.unexplained;
    assert!((whole - 1.0).abs() < 1e-9, "{whole}");
    assert_eq!(reading.upstream(3), [3, 2, 0]);
    // What the first does to the last is what it does to the middle, times what that does.
    let doing = reading.doing_of(0);
    let through = reading.shares(3).of[0].1 * reading.shares(2).of[0].1;
    assert!((doing[3] - through).abs() < 1e-12 && doing[0] == 1.0 && doing[1] == 0.0, "{doing:?}");
}

#[test]
fn circles_end() {
    let mut network = Network::new(&schema(&[(0, 1), (1, 0)]));
    let mut now_ms = 0;
    learn(&mut network, &mut now_ms, [Usual; 4], 500);
    learn(&mut network, &mut now_ms, [High, High, Usual, Usual], 20);
    let levels = [High, High, Usual, Usual];
    let reading = Reading::new(&network, Moment::utc(now_ms), &levels);
    assert_eq!(reading.upstream(0), [0, 1]);
    assert!(reading.doing_of(0).iter().all(|share| (0.0..=1.0).contains(share)));
}

#[test]
fn counts_halve_in_a_day_however_many_rows_it_has() {
    let mut network = Network::new(&schema(&[]));
    let day_ms = DAY_MS;
    for frame in 0..1000 {
        network.learn(Moment::utc(frame), &[High; 4].map(said));
    }
    for frame in 0..500 {
        network.learn(Moment::utc(day_ms + frame), &[Usual; 4].map(said));
    }
    let of = |network: &Network, at_ms| {
        let levels = [Usual; 4];
        let expected = Reading::new(network, Moment::utc(at_ms), &levels).expected(0);
        [expected[High as usize], expected[Usual as usize]]
    };
    let [high, usual] = of(&network, day_ms);
    assert!((high - 0.5).abs() < 0.01 && (usual - 0.5).abs() < 0.01, "{high} {usual}");
    // A hundred days later counts are brought to scale, and little is left of them.
    for frame in 0..500 {
        network.learn(Moment::utc(100 * day_ms + frame), &[Low; 4].map(said));
    }
    let [high, usual] = of(&network, 100 * day_ms + 500);
    assert!(high < 0.01 && usual < 0.01, "{high} {usual}");
    assert_eq!(network.weight(100 * day_ms), 1.0);
}

#[test]
fn hours_have_habits_of_their_own() {
    let mut network = Network::new(&schema(&[]));
    let start_ms = 1_700_000_000_000 / DAY_MS * DAY_MS;
    for minute in 0..5 * 1440 {
        let is_noon = minute % 1440 / 60 == 12;
        let levels = [if is_noon { High } else { Usual }; 4];
        network.learn(Moment::utc(start_ms + minute * 60_000), &levels.map(said));
    }
    let levels = [High; 4];
    let at = |hour: i64| Moment::utc(start_ms + 5 * DAY_MS + hour * 3_600_000);
    let noon = Reading::new(&network, at(12), &levels).shares(0);
    assert!(matches!(noon.of[..], [(Source::Hour, share)] if share > 0.9), "{noon:?}");
    let night = Reading::new(&network, at(3), &levels).shares(0);
    assert_eq!(night.unexplained, 1.0);
}

/// Frames a minute apart in which `b` turns a minute after `a`, and the others whenever they like.
fn with_a_leader(links: &[(usize, usize)]) -> (Network, i64) {
    let mut network = Network::new(&schema(links));
    let mut rng = Rng::new(7);
    let mut before = false;
    let mut now_ms = 0;
    for _ in 0..3000 {
        let lead = rng.unit() < 0.02;
        let odd = |rng: &mut Rng| if rng.unit() < 0.03 { High } else { Usual };
        let follower = if before && rng.unit() < 0.9 { Low } else { odd(&mut rng) };
        let levels = [if lead { High } else { Usual }, follower, odd(&mut rng), odd(&mut rng)];
        before = lead;
        now_ms += 60_000;
        network.learn(Moment::utc(now_ms), &levels.map(said));
    }
    (network, now_ms)
}

#[test]
fn a_link_that_the_data_insists_on_is_learned_in_its_direction() {
    let (network, now_ms) = with_a_leader(&[]);
    assert_eq!(network.learned(now_ms), [Link { from: 0, to: 1 }]);
    let levels = [High, Low, Usual, Usual];
    let shares = Reading::new(&network, Moment::utc(now_ms), &levels).shares(1);
    assert_eq!(shares.of[0].0, Source::Stream { stream: 0, is_learned: true });
}

#[test]
fn a_link_that_the_data_speaks_against_is_told() {
    let (network, now_ms) = with_a_leader(&[(0, 1), (2, 3)]);
    assert_eq!(network.contradicted(now_ms), [Link { from: 2, to: 3 }]);
    assert_eq!(network.learned(now_ms), [], "what the schema says needs no learning");
}

#[test]
fn comes_back_from_a_snapshot_and_refuses_links_to_nowhere() {
    let (mut network, now_ms) = with_a_leader(&[(2, 3)]);
    let bytes = |network: &Network| {
        let mut writer = Writer::default();
        network.save(&mut writer);
        writer.into_bytes()
    };
    let mut again = Network::new(&schema(&[(2, 3)]));
    again.load(&mut Reader::new(&bytes(&network))).expect("its own bytes");
    for network in [&mut network, &mut again] {
        network.learn(Moment::utc(now_ms + 1), &[High; 4].map(said));
    }
    assert_eq!(bytes(&network), bytes(&again));
    network.edges[1] = Edge::of(4, 0);
    assert!(again.load(&mut Reader::new(&bytes(&network))).is_err());
}
