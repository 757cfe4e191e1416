//! Tier 4: why.
//!
//! # What it computes
//!
//! A verdict never waits for it: [`Engine::explain`](crate::Engine::explain) is asked afterwards, for any frame that is
//! still remembered, when [`occasion`] says that it is worth it or whenever somebody wants to know. Four ways of looking
//! make one [`Explanation`]:
//!
//! - **Suspects.** Every stream is held against its own usual state: another level, stuck, missing. Who was odd first and
//!   most leads, and who is odd because of somebody upstream, or only beside somebody, stands back. With the ranking
//!   comes the chance that its first is the right one, and every other probability follows from that one.
//! - **Network.** Each stream is low, usual, high or absent. For every hour of the day, and for every link, it is counted
//!   how often which goes with which; counts halve in a day. It says by whose doing a stream is what it is, in shares that
//!   sum to 1 with what is unexplained; whose doing that was in turn; what the score would have been without; and which
//!   links the data speaks against, or insists on though nobody named them.
//! - **Sequences.** What happened, as timed symbols, is aligned with the schema's patterns and with the episodes that people
//!   have labelled. A match counts only if random events would hardly give as much.
//! - **Leads.** Streams are correlated over lags ([`lead_lag`]), with gaps left out, and with a chance that accounts for the
//!   memory of both streams and for everything that was tried. The linked pairs always; others as far as they are in it.
//!
//! [`Mode::Fast`] knows what was known at the frame: suspects, network and sequences. [`Mode::Thorough`] looks at the whole
//! of the trouble, asks chance more often, and compares over lags. What an explanation names comes from the schema: streams,
//! groups, patterns and what to do about them. It abstains rather than guesses: below a confidence of 0.3 there is no
//! primary cause, and the headline says so. Streams that were not seen meanwhile are named, and lower the confidence.
//!
//! # What it costs
//!
//! Of a frame's time some two per cent. 0.2 MB at 32 streams, 1.8 MB at 500, fixed by the schema. An explanation
//! allocates; `cargo xtask bench --why` measures its time.
//!
//! # When it is wrong
//!
//! - It knows what moved, and in which order; a cause that no stream shows is a stream's neighbour at best.
//! - Of streams that move in the same frame, without links, nobody can say who was first.
//! - The oldest frame that can be explained is some thousand frames old. What is usual is learned from those as well.
//! - A link counts if the data of the last days bears it out. In the first days the network explains little, and says so.
//! - "With this stream as usual" assumes that shares are causes: it holds as far as the links do.
//! - A correlation over lags says who moves first in general, and not who moved first this time.
//!
//! # Example
//!
//! ```
//! use fourfold::cause::{Ask, Culprit, Mode, is_worth_explaining};
//! use fourfold::schema::{Change, LinkDraft, PatternDraft, StepDraft};
//! use fourfold::{Engine, Frame, SchemaDraft};
//!
//! let mut draft = SchemaDraft::of_streams(["fan", "heat", "noise", "light"]);
//! draft.links = vec![LinkDraft { from: "fan".into(), to: "heat".into() }];
//! let step = |stream: &str, change| StepDraft { stream: stream.into(), change, within_ms: Some(600_000.0) };
//! draft.patterns = vec![PatternDraft {
//!     name: "fan stopped".into(),
//!     steps: vec![step("fan", Change::Down), step("noise", Change::Down), step("heat", Change::Up)],
//!     action: Some("Clean the filter.".into()),
//! }];
//! let mut engine = Engine::new(draft.validate()?);
//! let mut worth_it = false;
//! for minute in 0..800_i64 {
//!     let since = (minute - 790).max(0) as f64;
//!     let wave = |period: i64| (minute * minute % period) as f64;
//!     let fan = if since > 0.0 { 0.0 } else { 900.0 + wave(11) };
//!     let noise = if since > 1.0 { 20.0 } else { 60.0 } + wave(7);
//!     let heat = 40.0 + 0.1 * wave(13) + 4.0 * (since - 2.0).max(0.0);
//!     let values = [fan, heat, noise, 5.0 + wave(5)];
//!     let verdict = engine.observe(Frame { at_ms: 1_700_000_000_000 + 60_000 * minute, values: &values })?;
//!     worth_it = is_worth_explaining(verdict);
//! }
//! assert!(worth_it);
//! let why = engine.explain(Ask { mode: Mode::Thorough, ..Ask::default() })?;
//! assert_eq!(why.primary_cause.map(|cause| cause.culprit), Some(Culprit::Pattern(0)));
//! assert_eq!(why.recommended_action.as_deref(), Some("Clean the filter."));
//! assert!(why.headline.starts_with("fan stopped: fan fell to 0 at 11:24"), "{}", why.headline);
//! # Ok::<(), fourfold::Error>(())
//! ```

mod ask;
mod explanation;
mod history;
mod lead_lag;
mod mark;
mod network;
mod occasion;
mod sequence;
mod suspects;
mod synthesis;
mod window;

pub use ask::{Ask, AskFault, Mode};
pub use explanation::{
    Attribution, Candidate, Contribution, Counterfactual, Culprit, Evidence, Explanation, Found, Happening,
    Silence,
};
pub(crate) use history::History;
pub use lead_lag::{Relation, lags, lead_lag};
pub(crate) use network::Network;
pub use occasion::{Occasion, is_worth_explaining, occasion};
pub(crate) use sequence::{Origin, Pattern};
pub use suspects::{Face, Suspect};
pub(crate) use suspects::{Scene, rank};
pub(crate) use synthesis::Case;
pub(crate) use window::{end, onset};
