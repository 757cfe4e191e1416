//! Every problem that the API answers with, by its stable word: what it means and what to do. Each has a page, which is
//! the `type` of the problem.

/// Word, status, and what to do.
type Problem = (&'static str, u16, &'static str);

/// In the order of their words.
pub(crate) const PROBLEMS: &[Problem] = &[
    (
        "access.bad-key",
        401,
        "The key is unknown, deleted or expired, or its secret is wrong. Ask whoever runs the deployment for another.",
    ),
    (
        "access.bad-origin",
        403,
        "The page that asks is not in the list of this deployment. Its owner adds it to `CORS_ORIGINS`.",
    ),
    (
        "access.no-key",
        401,
        "The path takes a key. Send it as `Authorization: Bearer <key>`; a browser's WebSocket sends the protocols `fourfold.v1` and `bearer.<key>` instead.",
    ),
    (
        "access.not-allowed",
        403,
        "The key is good but has not the right that this takes: `read`, `write` or `admin`.",
    ),
    (
        "access.not-configured",
        503,
        "The deployment has no admin secret, or a public one outside localhost. Its owner sets one with `wrangler secret put ADMIN_SECRET`.",
    ),
    (
        "access.too-often",
        429,
        "The key's bucket of requests is empty. Wait for the seconds in `Retry-After`; `RateLimit` tells before.",
    ),
    (
        "alerts.bad-rule",
        422,
        "A rule or a webhook of the alerts can not be kept. The detail says which one and why.",
    ),
    (
        "alerts.bad-target",
        422,
        "A webhook goes to a public address that begins with `https://`. The detail says what is wrong with this one.",
    ),
    ("anomaly.unknown", 404, "There is no such anomaly, or it is older than what is kept."),
    ("answer.unknown-media", 406, "The answer can not be had in any of the forms that `Accept` names."),
    ("answer.unwritable", 500, "The answer can not be written. Report it, please."),
    ("ask.forgotten", 422, "The frame that was asked about is not remembered any more."),
    ("ask.no-frames", 422, "There is nothing to explain yet."),
    ("ask.unknown-stream", 422, "The question names a stream that the schema has not."),
    ("body.bad-gzip", 400, "The body says that it is gzip, and is not, or breaks off. Send it again."),
    (
        "body.malformed",
        400,
        "The body can not be read. The detail names the place and what was expected there.",
    ),
    (
        "body.too-large",
        413,
        "The body, once unpacked, has more bytes than this path takes. Send it in several requests.",
    ),
    (
        "body.too-many-frames",
        413,
        "The body has more frames than one request to this system takes. Send them in several.",
    ),
    ("body.unknown-encoding", 415, "A body is sent as it is, or with `Content-Encoding: gzip`."),
    (
        "body.unknown-media",
        415,
        "The body is of a kind that this path does not read. The detail names those that it does.",
    ),
    ("compare.nothing", 409, "Nothing is stored in this span. Compare on one with frames or events."),
    ("draft.bad", 422, "What shall be made breaks a rule. The detail names it."),
    (
        "engine.not-ready",
        503,
        "The engine's self-test gives other verdicts than it must. The deployment is broken: deploy it again.",
    ),
    ("event.ahead-of-time", 422, "The event is from too far in the future. Check the sender's clock."),
    ("event.not-a-number", 422, "The event's value is no number. Leave out what was not measured."),
    (
        "event.time-out-of-range",
        422,
        "The event's time is no whole number of milliseconds since 1970 that a calendar has.",
    ),
    (
        "event.too-late",
        422,
        "The event belongs to a frame that is final. A larger `lateness_ms` in the schema waits longer.",
    ),
    ("event.undrained", 422, "The system has more to judge than it keeps at once. Send the event again."),
    ("event.unknown-stream", 422, "The event names a stream that the schema has not."),
    (
        "frame.differs",
        409,
        "A frame at this time was taken before, with other values. A frame can not be changed.",
    ),
    ("frame.fed-by-events", 422, "The system is fed by events. It takes no frames as well."),
    ("frame.ragged-batch", 422, "The batch has more or fewer values than its frames need."),
    (
        "frame.time-out-of-range",
        422,
        "The frame's time is no whole number of milliseconds since 1970 that a calendar has.",
    ),
    ("frame.time-went-back", 409, "A later frame was taken before, and frames come in the order of time."),
    ("frame.unknown-stream", 422, "The frame names a stream that the schema has not."),
    (
        "frame.verdict-forgotten",
        409,
        "The frame was taken long ago, and its verdict is not kept. Its scores are.",
    ),
    ("frame.wrong-width", 422, "The frame has more or fewer values than the schema has streams."),
    ("idempotency.bad-key", 400, "An `Idempotency-Key` has 1 to 255 visible ASCII characters."),
    (
        "idempotency.key-reused",
        422,
        "This `Idempotency-Key` came with another request before. Use a new one for each.",
    ),
    (
        "key.lost",
        409,
        "The key was made before, and the deployment has another admin secret since. Delete it, and make another.",
    ),
    ("key.too-many", 409, "The tenant has as many keys as it may. Delete some."),
    ("key.unknown", 404, "There is no such key."),
    (
        "label.not-final",
        409,
        "Late events may still undo the episode. Label it once the frame that opened it is final.",
    ),
    ("label.nothing-to-adopt", 409, "The episode left no new level behind that could be adopted."),
    ("label.nothing-to-undo", 409, "No label is left to take back."),
    ("label.unknown-episode", 409, "The engine does not remember this episode any more."),
    ("live.too-many-listeners", 503, "The system has as many listeners as it may. Close some, or poll."),
    ("live.upgrade-required", 426, "The path is a WebSocket. Send an upgrade, or follow `GET …/events`."),
    ("method.not-allowed", 405, "The path is there for other methods: see `Allow`."),
    (
        "model.ahead-of-clock",
        422,
        "The engine knows of a time that is further ahead of the clock than frames may be. Bring one that was sealed before.",
    ),
    (
        "model.not-of-this-schema",
        409,
        "The engine was made with another schema than the system has. Make a system of it: `PUT` it under a new name.",
    ),
    ("model.other-schema", 409, "The checkpoint was made with another schema. Send that schema first."),
    (
        "model.system-in-use",
        409,
        "The system has frames of its own. Bring the engine as a checkpoint, and restore that.",
    ),
    ("model.unknown", 404, "There is no such checkpoint."),
    ("model.unreadable", 422, "The body is no sealed engine, or a damaged one, or one of a later version."),
    ("path.unknown", 404, "There is nothing at this path: see `/docs`."),
    ("query.malformed", 400, "A parameter is unknown, there twice or out of range. The detail names it."),
    (
        "request.too-much",
        413,
        "The request asks for more than one answer holds, or brings more than one request may. The detail says how to go on.",
    ),
    ("schema.bad-bounds", 422, "`bounds` are two finite numbers, the lower one first."),
    ("schema.bad-cadence", 422, "`cadence_ms` is a positive number."),
    ("schema.bad-frame-length", 422, "`frame_ms` is out of range. The detail says which there is."),
    ("schema.bad-lateness", 422, "`lateness_ms` is out of range. The detail says which there is."),
    ("schema.bad-link", 422, "A link joins two different streams of the schema."),
    ("schema.bad-name", 422, "A name is empty, too long or has letters that no name has."),
    ("schema.bad-pattern", 422, "A pattern breaks a rule. The detail names it."),
    ("schema.bad-rate", 422, "`false_alarm_rate` is between 0 and 0.5."),
    ("schema.bad-seed", 422, "`seed` is a whole number of at most 2^53 - 1."),
    ("schema.bad-step", 422, "A step of a pattern breaks a rule. The detail names it."),
    ("schema.bad-zone", 422, "The zone can not be used. The detail says why."),
    ("schema.bad-zone-offset", 422, "A zone's offset is out of range."),
    ("schema.duplicate-name", 422, "Two streams have one name."),
    ("schema.malformed", 422, "The schema can not be read."),
    ("schema.text-too-long", 422, "A text in the schema is too long."),
    ("schema.too-many-links", 422, "The schema has more links than there may be."),
    ("schema.too-many-patterns", 422, "The schema has more patterns than there may be."),
    ("schema.too-many-streams", 422, "The schema has more streams than there may be. Make several systems."),
    ("schema.unknown-preset", 422, "There is no such preset. The detail names those that there are."),
    ("snapshot.damaged", 500, "The state can not be read. Report it, please."),
    ("snapshot.not-a-snapshot", 500, "The state can not be read. Report it, please."),
    ("snapshot.unknown-format", 500, "The state was written by a later version. Deploy that one."),
    (
        "storage.damaged",
        500,
        "What was read from the storage is not what was written. Create the system under another id.",
    ),
    (
        "storage.refused",
        503,
        "The storage did not do as it was told. Send the request again: nothing is counted twice.",
    ),
    (
        "system.bad-id",
        400,
        "A system's id is 1 to 64 letters, digits, `-`, `_` or `.`, and begins with a letter or digit.",
    ),
    (
        "system.no-answer",
        503,
        "The system did not answer in time. Send the request again: nothing is counted twice.",
    ),
    ("system.unknown", 404, "Nobody created this system. Do it with `PUT` and a schema."),
    ("tenant.bad-name", 400, "A tenant is 1 to 32 lower-case letters, digits or `-`."),
    (
        "time.ahead-of-clock",
        422,
        "The time is further ahead of the clock here than the deployment allows, a day if nothing else is said. Taken, it would shut out all that is true, because time never goes back. Set the sender's clock; times are milliseconds since 1970.",
    ),
];

/// A problem by its word.
pub(crate) fn find(code: &str) -> Option<&'static Problem> {
    PROBLEMS.binary_search_by_key(&code, |(known, ..)| *known).ok().and_then(|place| PROBLEMS.get(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where words are given.
    const SOURCES: [&str; 8] = [
        include_str!("fault.rs"),
        include_str!("front/fault.rs"),
        include_str!("reply.rs"),
        include_str!("../../core/src/error.rs"),
        include_str!("../../core/src/schema/fault.rs"),
        include_str!("../../core/src/snapshot/mod.rs"),
        include_str!("../../core/src/ingest/fault.rs"),
        include_str!("../../core/src/cause/ask.rs"),
    ];

    /// The words in a source: texts such as `"frame.differs"` behind an arrow, or last in a tuple.
    fn words(source: &str) -> impl Iterator<Item = &str> {
        let lines = source.lines().filter(|line| line.contains("=>") && !line.contains("assert"));
        lines.flat_map(|line| line.split('"').skip(1).step_by(2)).filter(|word| {
            let is_plain = word.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'.'));
            is_plain && word.split('.').count() == 2 && word.split('.').all(|part| part.len() > 1)
        })
    }

    #[test]
    fn every_word_has_its_page_and_every_page_its_word() {
        assert!(PROBLEMS.is_sorted_by_key(|(code, ..)| code));
        let mut given: Vec<&str> = SOURCES.into_iter().flat_map(words).collect();
        given.sort_unstable();
        given.dedup();
        let described: Vec<&str> = PROBLEMS.iter().map(|(code, ..)| *code).collect();
        assert_eq!(given, described);
        assert!(given.iter().all(|code| find(code).is_some()));
        assert!(find("no.such").is_none());
    }
}
