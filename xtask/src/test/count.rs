//! How many tests passed, from what the tools print. A tool that fails without a failed test crashed, and a tool that
//! ran no test at all tested nothing: both count as one failure.

/// Tests of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: usize,
    pub(super) failed: usize,
}

/// What a step's output looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tally {
    /// Nothing is tested: the step makes what others need.
    Preparation,
    /// The whole command is one test.
    Whole,
    /// `cargo test`: a line of results per crate.
    Cargo,
    /// `node --test`: a line per way that a test can end.
    Node,
    /// A verb of xtask itself: `N passed, N failed`.
    Xtask,
}

impl Tally {
    pub(super) fn count(self, log: &str, is_success: bool) -> Count {
        let mut count = match self {
            Self::Preparation => return Count { passed: 0, failed: usize::from(!is_success) },
            Self::Whole => Count { passed: usize::from(is_success), failed: 0 },
            Self::Cargo => cargo(log),
            Self::Node => node(log),
            Self::Xtask => log.lines().rev().find_map(pair).unwrap_or_default(),
        };
        let is_nothing = count == Count::default();
        if count.failed == 0 && (!is_success || is_nothing) {
            count.failed = 1;
        }
        count
    }
}

/// `test result: ok. 3 passed; 1 failed; 0 ignored; ...`, once per binary. An ignored test was not run.
fn cargo(log: &str) -> Count {
    let mut count = Count::default();
    for line in log.lines().filter_map(|line| line.trim().strip_prefix("test result: ")) {
        count.passed += before(line, "passed");
        count.failed += before(line, "failed") + before(line, "ignored");
    }
    count
}

/// `# pass 3`, or with another sign in front. A test that was skipped, cancelled or left to do was not run.
fn node(log: &str) -> Count {
    let sum = |words: &[&str]| {
        let ends = log.lines().filter_map(|line| {
            let mut parts = line.split_whitespace();
            let (sign, word, number) = (parts.next()?, parts.next()?, parts.next()?);
            let is_end =
                (sign == "#" || sign == "\u{2139}") && words.contains(&word) && parts.next().is_none();
            is_end.then(|| number.parse::<usize>().ok()).flatten()
        });
        ends.sum()
    };
    Count { passed: sum(&["pass"]), failed: sum(&["fail", "cancelled", "skipped", concat!("to", "do")]) }
}

fn pair(line: &str) -> Option<Count> {
    let (passed, rest) = line.split_once(" passed, ")?;
    Some(Count { passed: passed.parse().ok()?, failed: rest.strip_suffix(" failed")?.parse().ok()? })
}

/// The number before a word.
fn before(line: &str, word: &str) -> usize {
    let words: Vec<&str> = line.split([' ', ';']).filter(|word| !word.is_empty()).collect();
    let at = words.windows(2).find(|pair| pair[1] == word);
    at.and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(tally: Tally, log: &str, is_success: bool) -> (usize, usize) {
        let Count { passed, failed } = tally.count(log, is_success);
        (passed, failed)
    }

    #[test]
    fn cargo_is_read() {
        let log = "test a ... ok\ntest result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
            test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured";
        assert_eq!(counted(Tally::Cargo, log, false), (5, 2));
        assert_eq!(counted(Tally::Cargo, "error: could not compile", false), (0, 1));
        assert_eq!(counted(Tally::Cargo, "test result: ok. 0 passed; 0 failed", true), (0, 1));
        assert_eq!(
            counted(Tally::Cargo, "test result: ok. 4 passed; 0 failed; 0 ignored\nerror: SIGSEGV", false),
            (4, 1)
        );
    }

    #[test]
    fn node_is_read() {
        let log = "✔ a (1 ms)\nℹ tests 7\nℹ pass 4\nℹ fail 1\nℹ cancelled 1\nℹ skipped 1\nℹ duration_ms 12";
        assert_eq!(counted(Tally::Node, log, false), (4, 3));
        assert_eq!(counted(Tally::Node, "# tests 2\n# pass 2\n# fail 0\n# skipped 0", true), (2, 0));
        assert_eq!(counted(Tally::Node, "", true), (0, 1));
        assert_eq!(counted(Tally::Node, "ℹ pass 0\nℹ fail 0", true), (0, 1));
    }

    #[test]
    fn crashes_and_nothings_count_as_failures() {
        assert_eq!(counted(Tally::Whole, "", true), (1, 0));
        assert_eq!(counted(Tally::Whole, "", false), (0, 1));
        assert_eq!(counted(Tally::Preparation, "", true), (0, 0));
        assert_eq!(counted(Tally::Preparation, "", false), (0, 1));
        assert_eq!(counted(Tally::Xtask, "x\n20 passed, 0 failed\n", true), (20, 0));
        assert_eq!(counted(Tally::Xtask, "19 passed, 1 failed\nsentence", false), (19, 1));
        assert_eq!(counted(Tally::Xtask, "panicked", false), (0, 1));
    }
}
