//! Frames and events as bytes: plain while they are new, so that a write costs nothing; packed once there are many.

use fourfold::ingest::Event;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::{Frames, Step, column};
use crate::refusal::StorageFault;

/// The first byte says how the others are to be read.
const PLAIN: u8 = 0;
const PACKED: u8 = 1;
/// How hard to search for repetitions: 6 of 10 is where more time buys next to nothing.
const EFFORT: u8 = 6;
/// What nothing that we packed unpacks to.
const UNPACKED_BYTES_MAX: usize = 64 << 20;
/// Bytes of a plain event: its stream, its time, its value.
const EVENT_BYTES: usize = 20;
/// In the place of a stream: the events before belong together, or the time was told.
const END: u32 = u32::MAX;
const TICK: u32 = u32::MAX - 1;

/// Bytes of a plain frame.
pub(crate) fn frame_bytes(width: usize) -> usize {
    8 + 8 * width
}

/// Appends a plain frame. What is missing is the one NaN.
pub(crate) fn push_frame(rows: &mut Vec<u8>, at_ms: i64, values: &[f64]) {
    if rows.is_empty() {
        rows.push(PLAIN);
    }
    rows.extend(at_ms.to_le_bytes());
    for value in values {
        let value = if value.is_nan() { f64::NAN } else { *value };
        rows.extend(value.to_le_bytes());
    }
}

/// How long an entry is that does nothing but tell the time.
pub(crate) const TICK_BYTES: usize = 1 + 4 + 8 + 8;

/// Appends a plain step.
pub(crate) fn push_step(rows: &mut Vec<u8>, step: &Step) {
    if rows.is_empty() {
        rows.push(PLAIN);
    }
    let mut push = |code: u32, at_ms: i64, value: f64| {
        rows.extend(code.to_le_bytes());
        rows.extend(at_ms.to_le_bytes());
        rows.extend(value.to_le_bytes());
    };
    match step {
        Step::Tick(now_ms) => push(TICK, *now_ms, 0.0),
        Step::Push(events) => {
            events.iter().for_each(|event| push(event.stream as u32, event.at_ms, event.value));
            push(END, 0, 0.0);
        }
    }
}

/// The frames of an entry.
pub(crate) fn frames(rows: &[u8], width: usize) -> Result<Frames, StorageFault> {
    match rows.split_first() {
        None => Ok(Frames::default()),
        Some((&PLAIN, plain)) => plain_frames(plain, width),
        Some((&PACKED, packed)) => packed_frames(&inflate(packed)?, width),
        Some(_) => Err(StorageFault::Damaged),
    }
}

/// The steps of an entry.
pub(crate) fn steps(rows: &[u8]) -> Result<Vec<Step>, StorageFault> {
    let records = match rows.split_first() {
        None => Vec::new(),
        Some((&PLAIN, plain)) => plain_records(plain)?,
        Some((&PACKED, packed)) => packed_records(&inflate(packed)?)?,
        Some(_) => return Err(StorageFault::Damaged),
    };
    let mut steps = Vec::new();
    let mut together = Vec::new();
    for (code, at_ms, value) in records {
        match code {
            END => steps.push(Step::Push(std::mem::take(&mut together))),
            TICK => steps.push(Step::Tick(at_ms)),
            stream => together.push(Event { stream: stream as usize, at_ms, value }),
        }
    }
    if together.is_empty() { Ok(steps) } else { Err(StorageFault::Damaged) }
}

/// Frames, packed.
pub(crate) fn pack_frames(frames: &Frames, width: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    column::write_unsigned(frames.times_ms.len() as u64, &mut bytes);
    write_times(frames.times_ms.iter().copied(), &mut bytes);
    let mut values = Vec::with_capacity(frames.times_ms.len());
    for stream in 0..width {
        values.clear();
        values.extend(frames.values.iter().skip(stream).step_by(width));
        column::write(&values, &mut bytes);
    }
    deflate(&bytes)
}

/// Steps, packed.
pub(crate) fn pack_steps(steps: &[Step]) -> Vec<u8> {
    let mut plain = Vec::new();
    steps.iter().for_each(|step| push_step(&mut plain, step));
    let records = plain.get(1..).and_then(|plain| plain_records(plain).ok()).unwrap_or_default();
    let mut bytes = Vec::new();
    column::write_unsigned(records.len() as u64, &mut bytes);
    records.iter().for_each(|(code, ..)| column::write_unsigned(u64::from(code.wrapping_add(2)), &mut bytes));
    write_times(records.iter().map(|(_, at_ms, _)| *at_ms), &mut bytes);
    for code in codes(&records) {
        let values: Vec<f64> =
            records.iter().filter(|(known, ..)| *known == code).map(|(.., value)| *value).collect();
        column::write(&values, &mut bytes);
    }
    deflate(&bytes)
}

pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut packed = vec![PACKED];
    packed.extend(compress_to_vec(bytes, EFFORT));
    packed
}

pub(crate) fn inflate(packed: &[u8]) -> Result<Vec<u8>, StorageFault> {
    decompress_to_vec_with_limit(packed, UNPACKED_BYTES_MAX).map_err(|_| StorageFault::Damaged)
}

fn plain_frames(plain: &[u8], width: usize) -> Result<Frames, StorageFault> {
    if !plain.len().is_multiple_of(frame_bytes(width)) {
        return Err(StorageFault::Damaged);
    }
    let mut frames = Frames::default();
    for frame in plain.chunks_exact(frame_bytes(width)) {
        let (words, _) = frame.as_chunks::<8>();
        if let Some((at_ms, row)) = words.split_first() {
            frames.times_ms.push(i64::from_le_bytes(*at_ms));
            frames.values.extend(row.iter().map(|word| f64::from_le_bytes(*word)));
        }
    }
    Ok(frames)
}

fn packed_frames(bytes: &[u8], width: usize) -> Result<Frames, StorageFault> {
    let from = &mut &*bytes;
    let count = count(from)?;
    let times_ms = read_times(from, count)?;
    let mut values = vec![f64::NAN; count * width];
    for stream in 0..width {
        let slots = values.iter_mut().skip(stream).step_by(width);
        slots.zip(column::read(from, count)?).for_each(|(slot, value)| *slot = value);
    }
    Ok(Frames { times_ms, values })
}

type Record = (u32, i64, f64);

fn plain_records(plain: &[u8]) -> Result<Vec<Record>, StorageFault> {
    let record = |bytes: &[u8]| {
        let (code, rest) = bytes.split_first_chunk::<4>()?;
        let (at_ms, rest) = rest.split_first_chunk::<8>()?;
        let value = rest.first_chunk::<8>()?;
        Some((u32::from_le_bytes(*code), i64::from_le_bytes(*at_ms), f64::from_le_bytes(*value)))
    };
    if !plain.len().is_multiple_of(EVENT_BYTES) {
        return Err(StorageFault::Damaged);
    }
    plain.chunks_exact(EVENT_BYTES).map(record).collect::<Option<_>>().ok_or(StorageFault::Damaged)
}

fn packed_records(bytes: &[u8]) -> Result<Vec<Record>, StorageFault> {
    let from = &mut &*bytes;
    let count = count(from)?;
    let code = |from: &mut &[u8]| Ok((column::read_unsigned(from)? as u32).wrapping_sub(2));
    let found = (0..count).map(|_| code(from)).collect::<Result<Vec<u32>, StorageFault>>()?;
    let times_ms = read_times(from, count)?;
    let mut records: Vec<Record> =
        found.into_iter().zip(times_ms).map(|(code, at_ms)| (code, at_ms, 0.0)).collect();
    for code in codes(&records) {
        let slots: Vec<&mut f64> =
            records.iter_mut().filter(|(known, ..)| *known == code).map(|(.., value)| value).collect();
        let values = column::read(from, slots.len())?;
        slots.into_iter().zip(values).for_each(|(slot, value)| *slot = value);
    }
    Ok(records)
}

/// A number of things of which each takes at least a bit.
pub(crate) fn count(from: &mut &[u8]) -> Result<usize, StorageFault> {
    let count = column::read_unsigned(from)?;
    usize::try_from(count).ok().filter(|count| *count <= UNPACKED_BYTES_MAX).ok_or(StorageFault::Damaged)
}

/// Every code once, in order.
fn codes(records: &[Record]) -> Vec<u32> {
    let mut codes: Vec<u32> = records.iter().map(|(code, ..)| *code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Times by how their steps change: in a regular series, never.
pub(crate) fn write_times(times_ms: impl Iterator<Item = i64>, to: &mut Vec<u8>) {
    let (mut last, mut last_step) = (0_i64, 0_i64);
    for at_ms in times_ms {
        let step = at_ms.wrapping_sub(last);
        column::write_signed(step.wrapping_sub(last_step), to);
        (last, last_step) = (at_ms, step);
    }
}

pub(crate) fn read_times(from: &mut &[u8], count: usize) -> Result<Vec<i64>, StorageFault> {
    let (mut last, mut last_step) = (0_i64, 0_i64);
    let mut times_ms = Vec::new();
    for _ in 0..count {
        last_step = last_step.wrapping_add(column::read_signed(from)?);
        last = last.wrapping_add(last_step);
        times_ms.push(last);
    }
    Ok(times_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_plain_and_packed() {
        let times_ms: Vec<i64> = (0..300).map(|n| 1_700_000_000_000 + n * 300_000 + n % 7).collect();
        let values: Vec<f64> =
            (0..900).map(|n| if n % 11 == 0 { f64::NAN } else { f64::from(n) / 7.0 }).collect();
        let frames = Frames { times_ms, values };
        let mut plain = Vec::new();
        for (at_ms, row) in frames.times_ms.iter().zip(frames.values.chunks(3)) {
            push_frame(&mut plain, *at_ms, row);
        }
        for rows in [plain, pack_frames(&frames, 3)] {
            let back = super::frames(&rows, 3).unwrap();
            assert_eq!(back.times_ms, frames.times_ms);
            let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&back.values), bits(&frames.values));
            assert!(super::frames(rows.get(..rows.len() - 3).unwrap(), 3).is_err());
        }
        assert!(super::frames(&[7, 1, 2], 3).is_err());
        assert!(super::frames(&[PACKED, 255, 255], 3).is_err());
    }

    #[test]
    fn steps_come_back_plain_and_packed() {
        let event = |stream, at_ms, value| Event { stream, at_ms, value };
        let steps = [
            Step::Push(vec![event(1, 5, 0.25), event(0, -3, 7.0), event(1, 9, 1e300)]),
            Step::Tick(60_000),
            Step::Push(Vec::new()),
        ];
        let mut plain = Vec::new();
        steps.iter().for_each(|step| push_step(&mut plain, step));
        for rows in [plain, pack_steps(&steps)] {
            assert_eq!(super::steps(&rows).unwrap(), steps);
        }
    }
}
