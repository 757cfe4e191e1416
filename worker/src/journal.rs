//! What operators read beside the line of each request: one JSON value per line, too, with the request's id where there
//! is one.

use std::cell::RefCell;
use std::fmt::Display;

use serde::Serialize;

thread_local! {
    /// The request that this instance is at work for.
    static REQUEST: RefCell<Option<String>> = const { RefCell::new(None) };
}

#[derive(Serialize)]
struct Line<'a> {
    level: &'static str,
    message: &'a str,
    detail: String,
    request: Option<String>,
}

/// From here to the next wait all is done for a request, or for none.
pub(crate) fn at_work_for(traceparent: Option<&str>) {
    let id = traceparent.and_then(|header| header.split('-').nth(1)).map(str::to_owned);
    REQUEST.with(|request| {
        if let Ok(mut request) = request.try_borrow_mut() {
            *request = id;
        }
    });
}

/// Something broke here.
pub(crate) fn error(message: &str, detail: impl Display) {
    if let Some(line) = line("error", message, detail) {
        worker::console_error!("{line}");
    }
}

/// Something broke elsewhere, and this goes on.
pub(crate) fn warn(message: &str, detail: impl Display) {
    if let Some(line) = line("warn", message, detail) {
        worker::console_warn!("{line}");
    }
}

/// Something was done.
pub(crate) fn info(message: &str, detail: impl Display) {
    if let Some(line) = line("info", message, detail) {
        worker::console_log!("{line}");
    }
}

fn line(level: &'static str, message: &str, detail: impl Display) -> Option<String> {
    let request = REQUEST.with(|request| request.try_borrow().ok().and_then(|request| request.clone()));
    serde_json::to_string(&Line { level, message, detail: detail.to_string(), request }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_json_whatever_it_says() {
        at_work_for(Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        let said = line("warn", "webhook", "a \"quoted\"\nfault").unwrap();
        let read: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!((&read["detail"], said.lines().count()), (&"a \"quoted\"\nfault".into(), 1));
        assert_eq!(read["request"], "4bf92f3577b34da6a3ce929d0e0e4736");
        at_work_for(None);
        assert!(line("info", "upkeep", "main").unwrap().ends_with(r#""request":null}"#));
    }
}
