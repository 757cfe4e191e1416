//! Counts in the text format that Prometheus reads, version 0.0.4.

use std::fmt::{Display, Write};

use super::Counts;

/// The media type of the format.
pub(crate) const MEDIA: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a scrape shows beside the counts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scrape {
    /// Systems in the list.
    pub(crate) systems: u64,
    /// Streams of the systems that were heard of lately.
    pub(crate) streams: u64,
    /// Of these, streams that are there.
    pub(crate) available: u64,
}

struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
    }

    fn single(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.line(format_args!("{name} {value}"));
    }

    fn line(&mut self, text: impl Display) {
        // Writing into a String never fails.
        let _ = writeln!(self.0, "{text}");
    }
}

/// The page that is scraped.
pub(crate) fn expose(counts: &Counts, scrape: Scrape) -> String {
    let mut page = Page(String::new());
    page.family("fourfold_build_info", "gauge", "What is running.");
    let (version, engine) = (env!("CARGO_PKG_VERSION"), env!("FOURFOLD_ENGINE"));
    page.line(format_args!(r#"fourfold_build_info{{version="{version}",engine="{engine}"}} 1"#));
    requests(&mut page, counts);
    let Scrape { systems, streams, available } = scrape;
    page.single("fourfold_systems", "gauge", "Systems in the list.", systems);
    page.single("fourfold_streams", "gauge", "Streams of systems heard of lately.", streams);
    page.single("fourfold_streams_available", "gauge", "Of these, streams that are there.", available);
    page.single("fourfold_frames_total", "counter", "Frames taken.", counts.frames);
    page.single("fourfold_anomalies_total", "counter", "Episodes opened.", counts.anomalies);
    page.family(
        "fourfold_webhook_attempts_total",
        "counter",
        "Messages to webhooks, by what became of them.",
    );
    let sent = counts.deliveries;
    for (outcome, count) in [("taken", sent.taken), ("failed", sent.failed), ("given_up", sent.given_up)] {
        page.line(format_args!(r#"fourfold_webhook_attempts_total{{outcome="{outcome}"}} {count}"#));
    }
    page.0
}

fn requests(page: &mut Page, counts: &Counts) {
    page.family("fourfold_requests_total", "counter", "Requests answered.");
    for (kind, count) in &counts.requests {
        let (route, method, status) = (escaped(&kind.route), escaped(&kind.method), kind.status);
        page.line(format_args!(
            r#"fourfold_requests_total{{route="{route}",method="{method}",status="{status}"}} {count}"#
        ));
    }
    let name = "fourfold_request_duration_seconds";
    page.family(name, "histogram", "How long an answer took, by route.");
    for (route, histogram) in &counts.durations {
        let route = escaped(route);
        for (end_s, count) in histogram.up_to() {
            page.line(format_args!(r#"{name}_bucket{{route="{route}",le="{end_s}"}} {count}"#));
        }
        page.line(format_args!(r#"{name}_bucket{{route="{route}",le="+Inf"}} {}"#, histogram.count()));
        page.line(format_args!(r#"{name}_sum{{route="{route}"}} {}"#, histogram.sum_s()));
        page.line(format_args!(r#"{name}_count{{route="{route}"}} {}"#, histogram.count()));
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::Kind;

    #[test]
    fn a_page_has_every_family_once() {
        let mut counts = Counts::default();
        counts.answered(Kind { route: "/a\"b\\".into(), method: "GET".into(), status: 200 }, 7);
        let page = expose(&counts, Scrape { systems: 2, streams: 9, available: 8 });
        let families = page.lines().filter(|line| line.starts_with("# TYPE")).count();
        assert_eq!(families, 9);
        for line in [
            r#"fourfold_requests_total{route="/a\"b\\",method="GET",status="200"} 1"#,
            r#"fourfold_request_duration_seconds_bucket{route="/a\"b\\",le="0.005"} 0"#,
            r#"fourfold_request_duration_seconds_bucket{route="/a\"b\\",le="+Inf"} 1"#,
            r#"fourfold_request_duration_seconds_sum{route="/a\"b\\"} 0.007"#,
            "fourfold_systems 2",
        ] {
            assert!(page.lines().any(|found| found == line), "{line}\n{page}");
        }
    }
}
