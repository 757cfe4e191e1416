//! The tables. Times are milliseconds since the Unix epoch.

/// Raised when the tables change.
pub(super) const LAYOUT: i64 = 1;

/// `log.frames` is a running count, so that nobody has to add up; `came_ms` is by the clock on the wall, and what is
/// kept for so many days is kept from then on.
pub(super) const TABLES: [&str; 20] = [
    "CREATE TABLE system (one INTEGER PRIMARY KEY CHECK (one = 1), layout INTEGER NOT NULL,
        era INTEGER NOT NULL, shift INTEGER NOT NULL, round_ms INTEGER NOT NULL)",
    "CREATE TABLE schemas (era INTEGER PRIMARY KEY, schema TEXT NOT NULL)",
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, first_seq INTEGER NOT NULL, kind INTEGER NOT NULL,
        era INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, frames INTEGER NOT NULL,
        came_ms INTEGER NOT NULL, packed INTEGER NOT NULL, rows BLOB NOT NULL)",
    "CREATE INDEX log_by_time ON log (kind, last_ms)",
    "CREATE INDEX log_loose ON log (seq) WHERE packed = 0",
    // What was answered, to the bit, for as long as a repeat is likely.
    "CREATE TABLE verdicts (seq INTEGER PRIMARY KEY, came_ms INTEGER NOT NULL, bytes BLOB NOT NULL)",
    // Scores per stream and view, and why values are missing, in a byte each.
    "CREATE TABLE scores (seq INTEGER PRIMARY KEY, era INTEGER NOT NULL, first_ms INTEGER NOT NULL,
        last_ms INTEGER NOT NULL, came_ms INTEGER NOT NULL, bytes BLOB NOT NULL)",
    "CREATE TABLE anomalies (id INTEGER PRIMARY KEY, opened INTEGER NOT NULL, peak INTEGER NOT NULL,
        closed INTEGER,
        severity INTEGER NOT NULL, peak_score REAL NOT NULL, grp TEXT, kind TEXT, status TEXT NOT NULL,
        note TEXT, archived INTEGER NOT NULL, changed_ms INTEGER NOT NULL, json TEXT NOT NULL)",
    "CREATE INDEX anomalies_by_severity ON anomalies (severity, id)",
    "CREATE TABLE history (id INTEGER PRIMARY KEY, anomaly INTEGER NOT NULL, at_ms INTEGER NOT NULL,
        what TEXT NOT NULL, value TEXT)",
    "CREATE INDEX history_by_anomaly ON history (anomaly, id)",
    "CREATE TABLE explanations (anomaly INTEGER NOT NULL, mode INTEGER NOT NULL, at_ms INTEGER NOT NULL,
        json TEXT NOT NULL, PRIMARY KEY (anomaly, mode))",
    "CREATE TABLE statistics (grain INTEGER NOT NULL, start_ms INTEGER NOT NULL, era INTEGER NOT NULL,
        bytes BLOB NOT NULL, PRIMARY KEY (grain, start_ms, era))",
    // What the engine said of itself, day by day: health, quality, and the newest gap patterns.
    "CREATE TABLE reports (kind TEXT NOT NULL, day_ms INTEGER NOT NULL, json BLOB NOT NULL,
        PRIMARY KEY (kind, day_ms))",
    "CREATE TABLE models (version INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL,
        json TEXT NOT NULL)",
    "CREATE TABLE blobs (kind INTEGER NOT NULL, id INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL,
        PRIMARY KEY (kind, id, part))",
    "CREATE TABLE keys (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, at_ms INTEGER NOT NULL,
        digest TEXT NOT NULL, status INTEGER NOT NULL, media TEXT NOT NULL)",
    // What listeners are still to be told: whoever delivers it takes it out.
    "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, news TEXT NOT NULL,
        anomaly INTEGER NOT NULL, severity INTEGER NOT NULL, score REAL NOT NULL, grp TEXT,
        silence INTEGER NOT NULL, json TEXT NOT NULL)",
    "CREATE TABLE alerts (one INTEGER PRIMARY KEY CHECK (one = 1), json TEXT NOT NULL)",
    "CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, url TEXT NOT NULL,
        body TEXT NOT NULL, attempts INTEGER NOT NULL, due_ms INTEGER NOT NULL)",
];
