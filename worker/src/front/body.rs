//! Bodies: read, unpacked, and refused when they get too large.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use futures_util::StreamExt;
use worker::Request;

use super::fault::DoorFault;
use crate::refusal::Refusal;

/// How much more than it may have is heard of a body, and forgotten piece by piece: a client that is still sending when
/// the answer comes would see a broken connection instead.
const HEARD_TIMES: usize = 4;
/// UTF-8, by the byte order mark.
const MARK: &[u8] = "\u{feff}".as_bytes();
/// How much is heard of one that was refused before it was looked at.
const FORGOTTEN_BYTES_MAX: usize = 1 << 20;

/// The body as it was meant, of at most so many bytes.
pub(super) async fn read(request: &mut Request, cap_bytes: usize) -> Result<Vec<u8>, Refusal> {
    let encoding = request.headers().get("content-encoding").ok().flatten().unwrap_or_default();
    let is_gzip = match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => false,
        "gzip" | "x-gzip" => true,
        _ => return Err(DoorFault::UnknownEncoding.into()),
    };
    let raw = raw(request, cap_bytes).await?;
    Ok(unmarked(if is_gzip { unpack(&raw, cap_bytes)? } else { raw }))
}

/// Without the mark that some editors put before a text; nothing that is sent here begins with it.
fn unmarked(mut body: Vec<u8>) -> Vec<u8> {
    if body.starts_with(MARK) {
        body.drain(..MARK.len());
    }
    body
}

/// Hears a body to its end, or for a while, that nobody will read: a refusal that comes before it would break the
/// connection, and with it whatever the client sends next over the same one.
pub(super) async fn forget(request: &mut Request) {
    if request.inner().body_used() || request.inner().body().is_none() {
        return;
    }
    let Ok(mut stream) = request.stream() else { return };
    let mut heard_bytes = 0;
    while heard_bytes <= FORGOTTEN_BYTES_MAX {
        match stream.next().await {
            Some(Ok(piece)) => heard_bytes += piece.len(),
            _ => break,
        }
    }
}

/// The body as it came.
async fn raw(request: &mut Request, cap_bytes: usize) -> Result<Vec<u8>, Refusal> {
    let heard_bytes_max = cap_bytes.max(1 << 20) * HEARD_TIMES;
    let announced = request.headers().get("content-length").ok().flatten();
    match announced.map(|bytes| bytes.parse::<usize>()) {
        Some(Ok(bytes)) if bytes <= cap_bytes => return request.bytes().await.map_err(unreadable),
        Some(Ok(bytes)) if bytes > heard_bytes_max => return Err(Refusal::BodyTooLarge { cap_bytes }),
        _ => {}
    }
    if request.inner().body().is_none() {
        return Ok(Vec::new());
    }
    let mut stream = request.stream().map_err(unreadable)?;
    let mut body = Vec::new();
    let mut heard_bytes = 0;
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(unreadable)?;
        heard_bytes += piece.len();
        if heard_bytes <= cap_bytes {
            body.extend(piece);
        } else if heard_bytes <= heard_bytes_max {
            body = Vec::new();
        } else {
            break;
        }
    }
    if heard_bytes > cap_bytes { Err(Refusal::BodyTooLarge { cap_bytes }) } else { Ok(body) }
}

/// Unpacks until the end or the cap: a bomb is never held whole.
fn unpack(packed: &[u8], cap_bytes: usize) -> Result<Vec<u8>, Refusal> {
    let mut body = Vec::new();
    let cap = u64::try_from(cap_bytes).unwrap_or(u64::MAX);
    let unpacked = MultiGzDecoder::new(packed).take(cap.saturating_add(1)).read_to_end(&mut body);
    match unpacked {
        Err(_) => Err(DoorFault::BadGzip.into()),
        Ok(bytes) if bytes > cap_bytes => Err(Refusal::BodyTooLarge { cap_bytes }),
        Ok(_) => Ok(body),
    }
}

fn unreadable(fault: worker::Error) -> Refusal {
    Refusal::Malformed { place: String::new(), detail: fault.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        let text = b"[1,2,3]".repeat(1000);
        assert_eq!(unpack(&packed(&text), 7000).unwrap(), text);
        assert!(matches!(unpack(&packed(&text), 6999), Err(Refusal::BodyTooLarge { cap_bytes: 6999 })));
        let twice = [packed(b"ab"), packed(b"cd")].concat();
        assert_eq!(unpack(&twice, 9).unwrap(), b"abcd");
    }

    #[test]
    fn a_mark_before_a_text_is_no_part_of_it() {
        assert_eq!(unmarked("\u{feff}{}".as_bytes().to_vec()), b"{}");
        for plain in ["", "{}", "\u{fe}\u{ff}", "{\"\u{feff}\":1}"] {
            assert_eq!(unmarked(plain.as_bytes().to_vec()), plain.as_bytes());
        }
    }

    #[test]
    fn bombs_and_shards_are_refused() {
        let bomb = packed(&vec![0; 64 << 20]);
        assert!(bomb.len() < 100_000);
        assert!(matches!(unpack(&bomb, 1 << 20), Err(Refusal::BodyTooLarge { .. })));
        let good = packed(b"abcdefghijklmnopqrstuvwxyz");
        let mut torn = good.clone();
        torn[good.len() - 6] ^= 1;
        for bad in [&good[..good.len() - 1], &good[..9], &torn, b"", b"{}", b"\x1f\x8b"] {
            assert!(matches!(unpack(bad, 100), Err(Refusal::Door(DoorFault::BadGzip))), "{bad:?}");
        }
    }
}
