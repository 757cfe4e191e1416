//! What stands behind a verb on the command line.

use crate::run::{Failure, Outcome};

/// Flags, options with a value, and the rest.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    flags: Vec<String>,
    values: Vec<(String, String)>,
    pub(crate) rest: Vec<String>,
}

impl Options {
    /// Anything that begins with a dash and is in neither list is refused, so that a slip is not ignored.
    pub(crate) fn parse(arguments: &[String], flags: &[&str], valued: &[&str]) -> Outcome<Self> {
        let mut options = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            if flags.contains(&argument.as_str()) {
                options.flags.push(argument.clone());
            } else if valued.contains(&argument.as_str()) {
                let value = arguments.next().ok_or_else(|| Failure(format!("{argument} needs a value")))?;
                options.values.push((argument.clone(), value.clone()));
            } else if argument.starts_with('-') {
                let known = [flags, valued].concat().join(", ");
                return Err(Failure(format!("there is no option {argument}; known here: {known}")));
            } else {
                options.rest.push(argument.clone());
            }
        }
        Ok(options)
    }

    pub(crate) fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|given| given == flag)
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_refused() {
        let parse = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(String::from).collect();
            Options::parse(&words, &["--fresh"], &["--port"])
        };
        let options = parse("one --port 99 --fresh two").expect("all known");
        assert!(options.has("--fresh") && options.value("--port") == Some("99"));
        assert_eq!(options.rest, ["one", "two"]);
        assert!(parse("--prot 99").is_err() && parse("--port").is_err());
    }
}
