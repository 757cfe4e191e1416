//! What one system answers.

use fourfold::frame::TIME_MS_MAX;
use fourfold::wire::{EventRows, ExplanationJson, GapsJson, KeptJson, QualityJson, Rows};
use serde_json::{Value, json};

use super::Shapes;
use super::operation::Operation;
use super::shapes::{
    Compared, Comparison, EventsAnswer, FramesAnswer, FramesPage, HealthAnswer, Labelled, ModelsAnswer,
    ScoresPage, StatsAnswer, TickAnswer, ViewAnswer, Watched,
};
use crate::alerts::AlertsDraft;
use crate::answer::{COLUMNS, CSV, NDJSON, SEALED};
use crate::body::{Amendment, Labelling, Note, Tick};
use crate::session::described::{AlertsJson, AmendedJson, AnomaliesJson, OneAnomalyJson, SystemJson};

fn text() -> Value {
    json!({ "type": "string" })
}

/// How streams are picked.
const STREAMS: &str = "Names with commas between; all streams where it is left out. A name that has a comma in it is found where nothing else is asked for; to pick it among others, say `streams` once for each: then every one is taken as a name.";

fn names() -> Value {
    json!({ "type": "array", "items": text() })
}

fn time() -> Value {
    json!({ "type": "number", "minimum": -TIME_MS_MAX, "maximum": TIME_MS_MAX })
}

pub(super) fn operations(shapes: &mut Shapes) -> Vec<Operation> {
    let chapters = [
        ("Systems", life(shapes)),
        ("Data", data(shapes)),
        ("Anomalies", episodes(shapes)),
        ("Alerts", alerts(shapes)),
        ("Reports", reports(shapes)),
        ("Models", models(shapes)),
    ];
    let tagged = |(tag, operations): (_, Vec<Operation>)| {
        operations.into_iter().map(move |operation| operation.tagged(tag))
    };
    chapters.into_iter().flat_map(tagged).collect()
}

fn life(shapes: &mut Shapes) -> Vec<Operation> {
    let schema = json!({
        "name": "boiler",
        "streams": ["flow", { "name": "temperature", "unit": "°C", "bounds": [-20.0, 120.0] }],
    });
    vec![
        Operation::new("PUT", "/v1/systems/{id}", "putSystem", "Create a system, or change what it watches")
            .about("Sending the same schema again changes nothing. Another one keeps what can be kept, and the answer says what began anew.\n\nA sealed engine (a session of the app, or what the npm package or the crate sealed) becomes a system with its schema that goes on where it stopped. Its frames and episodes stay where they were judged. One that knows of a time more than a day ahead of the clock here is refused: it would take nothing of the present.")
            .takes(shapes.incoming::<Watched>(), &[("schema", schema)])
            .takes_as(SEALED, json!({ "type": "string", "format": "binary" }), &[])
            .answers(201, "It was made.", shapes.outgoing::<SystemJson<'static>>())
            .answers(200, "It was there.", shapes.outgoing::<SystemJson<'static>>()),
        Operation::new("GET", "/v1/systems/{id}", "describeSystem", "Describe a system")
            .answers(200, "Its schema in full, and how far it is.", shapes.outgoing::<SystemJson<'static>>()),
        Operation::new("DELETE", "/v1/systems/{id}", "forgetSystem", "Forget a system with all that it knows")
            .answers_empty(204, "Nothing is left of it."),
    ]
}

fn data(shapes: &mut Shapes) -> Vec<Operation> {
    let frames = json!({ "frames": [
        { "t": 1_700_000_000_000_i64, "values": { "flow": 3.1, "temperature": 61.5 } },
        { "t": 1_700_000_060_000_i64, "values": { "flow": 3.2, "temperature": null } },
        { "t": 1_700_000_120_000_i64, "values": { "flow": 3.1 } },
    ] });
    let binary = json!({ "type": "string", "format": "binary" });
    vec![
        Operation::new("POST", "/v1/systems/{id}/frames", "judgeFrames", "Judge frames, then learn them")
            .about("Frames come in the order of time, at most 10,000 of them and at most 100,000 values (frames times streams) in 8 MiB. All are taken or none, unless `partial` is true: so a body is read to its end before anything is judged. Lines with `partial=true` may go on without an end: sent without a `Content-Length`, they are judged as they come and answered line by line while more are on their way, a piece at a time for a request out of the key's bucket; read the answers while you send. A frame at a time that was already taken is answered from the log if it has the same values, and refused with 409 if not; verdicts are kept for seven days, and of the newest 50,000 frames. So long a request with an `Idempotency-Key` is answered in the same bytes, after a change of schema as well. A frame that is more than a day ahead of the clock here is refused.\n\nBinary frames are little-endian: `4fr1`, then three `uint32` (rows, streams, zero), then `float64`: the times, then the values row after row in the order of the schema, `NaN` where nothing was measured. Binary verdicts are `4vr1`, three `uint32` (rows, streams, views), then a column after the other: as `float64` the times, scores, oddness, news, confidence and episodes (`NaN` for none), then per row and stream its score, then per row and view its score and its weight; as bytes alarm, severity and whether silence speaks, then per row and stream a note and a silence, per row and view its health. JSON at the end says which byte is which word.")
            .query("partial", json!({ "type": "boolean" }), "Whether a bad row is answered by itself and the good ones are taken.")
            .repeatable()
            .takes(shapes.incoming::<Rows>(), &[("frames", frames)])
            .takes_as(NDJSON, text(), &[("lines", json!("{\"t\":1700000180000,\"values\":{\"flow\":3.0}}\n{\"t\":1700000240000,\"values\":{\"flow\":3.1}}\n"))])
            .takes_as(CSV, text(), &[("table", json!("t,flow,temperature\n1700000300000,3.1,61.2\n1700000360000,3.0,\n"))])
            .takes_as(COLUMNS, binary.clone(), &[])
            .answers(200, "One verdict per frame, in the order of the frames.", shapes.outgoing::<FramesAnswer>())
            .answers_as(200, "", NDJSON, text())
            .answers_as(200, "", COLUMNS, binary),
        Operation::new("GET", "/v1/systems/{id}/frames", "readFrames", "Give raw data back")
            .query("from", time(), "From this moment on.")
            .query("to", time(), "Up to and without this moment.")
            .query("streams", names(), STREAMS)
            .query("step", json!({ "type": "integer", "minimum": 1, "maximum": 31_622_400_000_i64 }), "Milliseconds that become one row.")
            .answers(200, "Rows in the order of time, 100,000 values at most. `next` is where to go on.", shapes.outgoing::<FramesPage>())
            .answers_as(200, "", NDJSON, text())
            .answers_as(200, "", CSV, text()),
        Operation::new("GET", "/v1/systems/{id}/scores", "readScores", "Give scores back, and why values are missing")
            .query("from", time(), "From this moment on.")
            .query("to", time(), "Up to and without this moment.")
            .query("streams", names(), STREAMS)
            .answers(200, "Rows in the order of time, 100,000 values at most. `next` is where to go on.", shapes.outgoing::<ScoresPage>())
            .answers_as(200, "", NDJSON, text()),
        Operation::new("POST", "/v1/systems/{id}/events", "takeEvents", "Take events in any order")
            .about("Events become frames. A late one revises the frame that it belongs to while that is not final. A system takes events or frames, not both. At most 50,000 events in 8 MiB, all or none of them.")
            .repeatable()
            .takes(shapes.incoming::<EventRows>(), &[])
            .takes_as(NDJSON, json!({ "type": "string", "description": "An event per line." }), &[])
            .answers(200, "What became of them.", shapes.outgoing::<EventsAnswer>()),
        Operation::new("GET", "/v1/systems/{id}/events", "follow", "Follow what happens, as server-sent events")
            .about("`event: verdict` for every verdict of a request that brought at most 64, and `opened`, `worsened`, `changed` and `closed` for anomalies. Who reads so slowly that 64 pieces wait is let go; a browser then comes again after three seconds, and reads what it missed from the lists. At most 32 followers a system.")
            .answers_as(200, "Verdicts and episodes, while they happen.", "text/event-stream", text()),
        Operation::new("GET", "/v1/systems/{id}/live", "live", "Open a WebSocket")
            .about("A message is `{\"frames\": [..]}`, `{\"events\": [..]}` or `{\"now\": ..}`, with an `id` that comes back if there is one, or binary frames; at most 1 MiB. It is answered like the request of that name, in the order of the messages, a refusal as `{\"problem\": ..}`. Everybody hears `{\"verdicts\": [..]}` of what others sent (at most 64 at once) and `{\"notice\": ..}` of anomalies. Every message takes a request out of the bucket of the key that opened the socket. A message whose answer is lost closes its socket with 1011: send it again. Send on only when there was an answer: nothing else slows a sender down, and what waits to be read waits in the object's memory. At most 32 sockets a system; they outlive its sleep, and end with it and with their key. A browser shows its key as a protocol: `fourfold.v1` and `bearer.<key>`.")
            .query("listen", json!({ "type": "boolean" }), "Whether nothing will be sent over it.")
            .answers_empty(101, "It is open."),
        Operation::new("POST", "/v1/systems/{id}/tick", "tick", "Say the time while nothing arrives")
            .about("Once a silence outlasts what was learned it is judged, once per silence. A tick that was news is answered the same when sent again.")
            .repeatable()
            .takes(shapes.incoming::<Tick>(), &[("news", json!({ "now": 1_700_000_400_000_i64 }))])
            .answers(200, "What there is to say.", shapes.outgoing::<TickAnswer>()),
    ]
}

fn episodes(shapes: &mut Shapes) -> Vec<Operation> {
    let path = "/v1/systems/{id}/anomalies/{anomaly}";
    vec![
        Operation::new(
            "GET",
            "/v1/systems/{id}/anomalies",
            "listAnomalies",
            "List episodes, the newest first",
        )
        .query("status", json!({ "enum": ["new", "acknowledged", "resolved"] }), "Only these.")
        .query("severity", json!({ "enum": ["low", "medium", "high", "critical"] }), "At least this severe.")
        .query("group", text(), "The group of the stream that stood out or fell silent.")
        .query("kind", text(), "What made it stand out, or the cause of a silence.")
        .query("since", time(), "Opened at this moment or later.")
        .query("until", time(), "Opened before this moment.")
        .query("archived", json!({ "type": "boolean" }), "Whether those in the archive are listed instead.")
        .paged_by_number()
        .answers(200, "A page.", shapes.outgoing::<AnomaliesJson<'static>>()),
        Operation::new("GET", path, "readAnomaly", "Tell one episode with its history").answers(
            200,
            "It.",
            shapes.outgoing::<OneAnomalyJson<'static>>(),
        ),
        Operation::new("PATCH", path, "amendAnomaly", "Change an episode's status, label or note")
            .repeatable()
            .takes(
                shapes.incoming::<Amendment>(),
                &[("seen", json!({ "status": "acknowledged", "note": "the valve" }))],
            )
            .answers(200, "As it is now.", shapes.outgoing::<AmendedJson<'static>>()),
        Operation::new("GET", "/v1/systems/{id}/anomalies/{anomaly}/explanation", "explain", "Say why")
            .query("mode", json!({ "enum": ["fast", "thorough"] }), "How thoroughly.")
            .answers(200, "The explanation.", shapes.outgoing::<ExplanationJson>()),
        Operation::new(
            "POST",
            "/v1/systems/{id}/labels",
            "label",
            "Say what an episode was; the engine learns from it",
        )
        .about("An engine that has forgotten the episode, or went back to before it, can not learn from its label: then the label is kept with the episode, and the answer says so.")
        .repeatable()
        .takes(shapes.incoming::<Labelling>(), &[("expected", json!({ "anomaly": 1, "label": "expected" }))])
        .answers(200, "It is taken.", shapes.outgoing::<Labelled>()),
        Operation::new("POST", "/v1/systems/{id}/labels/undo", "undoLabel", "Take the newest label back")
            .repeatable()
            .answers(200, "Whose it was.", shapes.outgoing::<Labelled>()),
    ]
}

fn alerts(shapes: &mut Shapes) -> Vec<Operation> {
    let example = json!({
        "rules": [{ "name": "night shift", "min_severity": "high" }, { "name": "engine", "about": "worker" }],
        "webhooks": [{ "url": "https://hooks.example.com/fourfold", "secrets": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] }],
    });
    vec![
        Operation::new("PUT", "/v1/systems/{id}/alerts", "setAlerts", "Choose what is told to webhooks")
            .about("News that a rule lets through become one message per webhook, signed by Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`). A message that is not taken with a 2xx is sent again for two days, with the same `webhook-id`. Two live secrets let a receiver change over; secrets that are left out stay as they are. Private addresses are refused.")
            .takes(shapes.incoming::<AlertsDraft>(), &[("alerts", example)])
            .answers(200, "As it is now, without secrets.", shapes.outgoing::<AlertsJson<'static>>()),
        Operation::new("GET", "/v1/systems/{id}/alerts", "readAlerts", "What is told to webhooks")
            .answers(200, "Without secrets.", shapes.outgoing::<AlertsJson<'static>>()),
    ]
}

fn reports(shapes: &mut Shapes) -> Vec<Operation> {
    let now = "A moment in milliseconds since 1970; without it that of the newest data.";
    vec![
        Operation::new(
            "GET",
            "/v1/systems/{id}/health",
            "systemHealth",
            "How fit streams, views and the engine are",
        )
        .query("now", time(), now)
        .answers(200, "By stream.", shapes.outgoing::<HealthAnswer>()),
        Operation::new("GET", "/v1/systems/{id}/gaps", "gaps", "When streams are usually silent").answers(
            200,
            "By stream.",
            shapes.outgoing::<GapsJson<'static>>(),
        ),
        Operation::new("GET", "/v1/systems/{id}/quality", "quality", "How good the data is")
            .query("now", time(), now)
            .answers(200, "By stream.", shapes.outgoing::<QualityJson<'static>>()),
        Operation::new("GET", "/v1/systems/{id}/stats", "stats", "Hourly or daily statistics")
            .query("by", json!({ "enum": ["hour", "day"] }), "The length of a row.")
            .query("from", time(), "From this moment on.")
            .query("to", time(), "Up to and without this moment.")
            .answers(200, "Rows in the order of time.", shapes.outgoing::<StatsAnswer>()),
        Operation::new("GET", "/v1/systems/{id}/views/{view}", "view", "A ready-made list").answers(
            200,
            "The list.",
            shapes.outgoing::<ViewAnswer>(),
        ),
    ]
}

fn models(shapes: &mut Shapes) -> Vec<Operation> {
    vec![
        Operation::new("POST", "/v1/systems/{id}/models", "checkpoint", "Make a checkpoint of the engine")
            .repeatable()
            .takes(shapes.incoming::<Note>(), &[("note", json!({ "note": "before the new pump" }))])
            .takes_as(SEALED, json!({ "type": "string", "format": "binary" }), &[])
            .optional()
            .about("Of this system's engine as it is now; or, where the body is a sealed engine of the same schema, of that: a session of the app, or what the npm package or the crate sealed. Nothing changes until it is restored.")
            .answers(201, "It is made.", shapes.outgoing::<KeptJson<'static>>()),
        Operation::new("GET", "/v1/systems/{id}/models/{version}", "takeModel", "Take a checkpoint away")
            .about("The app opens it as a session, the npm package and the crate as an engine.")
            .answers_as(200, "The sealed engine.", SEALED, json!({ "type": "string", "format": "binary" })),
        Operation::new("GET", "/v1/systems/{id}/models", "listModels", "List the checkpoints").answers(
            200,
            "The newest first.",
            shapes.outgoing::<ModelsAnswer>(),
        ),
        Operation::new(
            "POST",
            "/v1/systems/{id}/models/{version}/restore",
            "restoreModel",
            "Go back to a checkpoint",
        )
        .repeatable()
        .answers(200, "It is restored.", shapes.outgoing::<KeptJson<'static>>()),
        Operation::new(
            "POST",
            "/v1/systems/{id}/compare",
            "compare",
            "Compare two configurations on what is stored",
        )
        .about("Two new engines are told the newest 5,000 frames of the span, at most 250,000 values; or, where the system is fed by events, the events and times that it was told. Nothing of it is kept.")
        .takes(
            shapes.incoming::<Comparison>(),
            &[("rate", json!({ "b": { "streams": ["flow", "temperature"], "false_alarm_rate": 0.01 } }))],
        )
        .answers(200, "Side by side.", shapes.outgoing::<Compared>()),
    ]
}
