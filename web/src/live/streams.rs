//! The streams of a device: names, units, bounds, and how the readings of a second become one value.

use fourfold::schema::{Aggregate, Kind, LinkDraft, StreamDraft};
use fourfold::{Error, Schema, SchemaDraft};

use super::source::Source;
use crate::thread::StreamNote;

/// Length of a frame.
pub const FRAME_MS: i64 = 1000;

/// Streams of a device, in the order of the frame's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Stream {
    /// Acceleration without gravity, to the right.
    AccelerationX,
    /// Acceleration without gravity, to the top.
    AccelerationY,
    /// Acceleration without gravity, out of the screen.
    AccelerationZ,
    /// The strongest acceleration of the second.
    Shake,
    /// Acceleration with gravity, to the right.
    GravityX,
    /// Acceleration with gravity, to the top.
    GravityY,
    /// Acceleration with gravity, out of the screen.
    GravityZ,
    /// Rotation in the plane of the screen.
    RotationAlpha,
    /// Rotation to the front.
    RotationBeta,
    /// Rotation to the side.
    RotationGamma,
    /// Steps.
    Steps,
    /// Steps a minute, while somebody walks.
    Cadence,
    /// The top of the device looks to the north (1) or the south (-1).
    FacingNorth,
    /// The top of the device looks to the east (1) or the west (-1).
    FacingEast,
    /// Tilt to the front.
    TiltFront,
    /// Tilt to the side.
    TiltSide,
    /// Where.
    Latitude,
    /// Where.
    Longitude,
    /// How fast.
    Speed,
    /// In which direction, from north by east. Nobody has one while standing.
    Heading,
    /// Radius in which the place lies.
    Accuracy,
    /// Sound level below the loudest that the microphone can tell.
    SoundLevel,
    /// Share of the time that sounds like speech.
    Speech,
    /// Brightness.
    Light,
    /// Charge.
    Battery,
    /// Whether it has a network.
    Online,
    /// The network's round trip, as the browser estimates it.
    RoundTrip,
    /// Whether the page is seen.
    Visible,
    /// Whether the page has the focus.
    Focused,
    /// Whether the screen is kept awake.
    Awake,
    /// Touches and clicks.
    Touches,
    /// Keys.
    Keys,
    /// Movements of finger, pen or mouse.
    Pointer,
}

struct Line {
    name: &'static str,
    source: Source,
    kind: Kind,
    unit: &'static str,
    bounds: [f64; 2],
    aggregate: Aggregate,
}

const fn line(
    name: &'static str,
    source: Source,
    kind: Kind,
    unit: &'static str,
    bounds: [f64; 2],
    aggregate: Aggregate,
) -> Line {
    Line { name, source, kind, unit, bounds, aggregate }
}

const SHARE: [f64; 2] = [0.0, 1.0];
const COUNT: [f64; 2] = [0.0, 10_000.0];

#[rustfmt::skip]
const LINES: [Line; 33] = {
    use Aggregate::{Last, Max, Mean, Sum};
    use Kind::{ContinuousNoisy as Noisy, ContinuousSmooth as Smooth, DiscreteEvents as Events};
    use Source::{Light, Motion, Orientation, Page, Place, Sound};
    [
        line("acceleration_x", Motion, Noisy, "m/s²", [-200.0, 200.0], Mean),
        line("acceleration_y", Motion, Noisy, "m/s²", [-200.0, 200.0], Mean),
        line("acceleration_z", Motion, Noisy, "m/s²", [-200.0, 200.0], Mean),
        line("shake", Motion, Noisy, "m/s²", [0.0, 400.0], Max),
        line("gravity_x", Motion, Noisy, "m/s²", [-200.0, 200.0], Mean),
        line("gravity_y", Motion, Noisy, "m/s²", [-200.0, 200.0], Mean),
        line("gravity_z", Motion, Noisy, "m/s²", [-200.0, 200.0], Mean),
        line("rotation_alpha", Motion, Noisy, "°/s", [-4000.0, 4000.0], Mean),
        line("rotation_beta", Motion, Noisy, "°/s", [-4000.0, 4000.0], Mean),
        line("rotation_gamma", Motion, Noisy, "°/s", [-4000.0, 4000.0], Mean),
        line("steps", Motion, Events, "steps", [0.0, 20.0], Sum),
        line("cadence", Motion, Noisy, "1/min", [0.0, 300.0], Last),
        line("facing_north", Orientation, Noisy, "", [-1.0, 1.0], Mean),
        line("facing_east", Orientation, Noisy, "", [-1.0, 1.0], Mean),
        line("tilt_front", Orientation, Noisy, "°", [-180.0, 180.0], Mean),
        line("tilt_side", Orientation, Noisy, "°", [-90.0, 90.0], Mean),
        line("latitude", Place, Smooth, "°", [-90.0, 90.0], Last),
        line("longitude", Place, Smooth, "°", [-180.0, 180.0], Last),
        line("speed", Place, Noisy, "m/s", [0.0, 350.0], Last),
        line("heading", Place, Noisy, "°", [0.0, 360.0], Last),
        line("accuracy", Place, Noisy, "m", [0.0, 1e6], Last),
        line("sound_level", Sound, Noisy, "dB", [-160.0, 10.0], Mean),
        line("speech", Sound, Noisy, "share", SHARE, Mean),
        line("light", Light, Noisy, "lx", [0.0, 200_000.0], Mean),
        line("battery", Page, Smooth, "%", [0.0, 100.0], Last),
        line("online", Page, Smooth, "yes", SHARE, Last),
        line("round_trip", Page, Noisy, "ms", [0.0, 1e6], Last),
        line("visible", Page, Smooth, "yes", SHARE, Mean),
        line("focused", Page, Smooth, "yes", SHARE, Mean),
        line("kept_awake", Page, Smooth, "yes", SHARE, Mean),
        line("touches", Page, Events, "times", COUNT, Sum),
        line("keys", Page, Events, "times", COUNT, Sum),
        line("pointer", Page, Events, "times", COUNT, Sum),
    ]
};

/// How many streams a device has.
pub const COUNT_OF_STREAMS: usize = LINES.len();

/// The name of the stream at a place.
pub fn name(place: usize) -> &'static str {
    LINES.get(place).map_or("", |line| line.name)
}

/// Its unit, for people.
pub fn unit(place: usize) -> &'static str {
    LINES.get(place).map_or("", |line| line.unit)
}

/// The place of a stream.
pub fn place_of(name: &str) -> Option<usize> {
    LINES.iter().position(|line| line.name == name)
}

/// The stream at a place, as a chart shows it.
pub fn note(place: usize) -> Option<StreamNote> {
    let line = LINES.get(place)?;
    let unit = (!line.unit.is_empty()).then(|| line.unit.to_string());
    Some(StreamNote { name: line.name.to_string(), group: Some(group(line)), unit, kind: line.kind })
}

fn group(line: &Line) -> String {
    line.source.name().to_lowercase()
}

/// Whether it is a yes or a no.
pub fn is_yes_or_no(place: usize) -> bool {
    unit(place) == "yes"
}

/// The places of a source's streams.
pub fn of_source(source: Source) -> impl Iterator<Item = usize> {
    LINES.iter().enumerate().filter(move |(_, line)| line.source == source).map(|(place, _)| place)
}

/// What the page shows and keeps of a session, in frames: twelve hours. What is older makes room, so that a session of days
/// needs no more memory than one of half a day.
pub const WINDOW_FRAMES: usize = 43_200;

/// The schema of a device: one frame a second, judged as soon as it is over.
pub fn schema() -> Result<Schema, Error> {
    let stream = |line: &Line| StreamDraft {
        name: line.name.into(),
        kind: line.kind,
        group: Some(group(line)),
        unit: (!line.unit.is_empty()).then(|| line.unit.into()),
        cadence_ms: None,
        bounds: Some(line.bounds),
        aggregate: Some(line.aggregate),
    };
    let link = |(from, to): (&str, &str)| LinkDraft { from: from.into(), to: to.into() };
    let links = [
        ("shake", "steps"),
        ("steps", "cadence"),
        ("steps", "speed"),
        ("speed", "latitude"),
        ("speed", "longitude"),
        ("shake", "tilt_front"),
        ("touches", "shake"),
    ];
    let draft = SchemaDraft {
        name: Some("device".into()),
        streams: LINES.iter().map(stream).collect(),
        links: links.map(link).into(),
        frame_ms: Some(FRAME_MS as f64),
        // Readings are handed over a quarter of a second after they came, in order: none is late.
        lateness_ms: Some(0.0),
        ..SchemaDraft::of_streams(Vec::<String>::new())
    };
    draft.validate()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_has_more_than_thirty_streams_and_each_has_its_place() {
        let schema = schema().expect("valid");
        assert!(schema.streams().len() > 30);
        assert_eq!(name(Stream::Shake as usize), "shake");
        assert_eq!(name(Stream::SoundLevel as usize), "sound_level");
        assert_eq!(name(Stream::Pointer as usize), "pointer");
        let told: usize = Source::ALL.into_iter().map(|source| of_source(source).count()).sum();
        assert_eq!(told, COUNT_OF_STREAMS);
    }
}
