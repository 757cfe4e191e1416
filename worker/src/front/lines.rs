//! Frames without an end: lines that are judged as they come, and answered while more are on their way. Only a piece of
//! them is ever held. Each line has an answer of its own, so nothing has to wait for the last one.
//!
//! Who says how long the body is, and stays below the cap, is answered once it is there: many clients read nothing before
//! they have sent all.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use worker::{ByteStream, Delay, Env, Request, Response, ResponseBuilder};

use super::call;
use super::door::{self, Caller};
use super::fault::DoorFault;
use super::trace::Trace;
use crate::access::Key;
use crate::answer::{JSON, NDJSON, STREAMED};
use crate::body::{self, BODY_BYTES_MAX};
use crate::refusal::Refusal;
use crate::reply::{self, Reply};

/// What is judged in one go: as much as there is, and no more than this.
const PIECE_LINES: usize = 1_000;
const PIECE_BYTES: usize = 256 << 10;
/// The longest line: a frame of four thousand streams with long names.
const LINE_BYTES_MAX: usize = 1 << 20;

/// Lines that are judged together, and the number of the first.
struct Piece {
    first_line: usize,
    bytes: Vec<u8>,
}

/// A body of lines on its way to a system.
struct Lines {
    env: Env,
    tenant: String,
    key: Option<Key>,
    id: String,
    trace: Trace,
    from: ByteStream,
    /// What came after the last whole line.
    rest: Vec<u8>,
    /// Lines that came before.
    before: usize,
    pieces: VecDeque<Piece>,
    is_first: bool,
    is_over: bool,
}

/// Whether a request sends lines of which nobody says how many there are, or more than are read at once.
pub(super) fn are_endless(request: &Request) -> bool {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let length = header("content-length").and_then(|bytes| bytes.parse::<usize>().ok());
    let is_plain = header("content-encoding").is_none_or(|encoding| encoding.trim() == "identity");
    let takes = body::wanted(header("accept").as_deref(), &[NDJSON, JSON]);
    body::media(header("content-type").as_deref()) == Some(NDJSON)
        && takes == Some(NDJSON)
        && is_plain
        && header("idempotency-key").is_none()
        && length.is_none_or(|bytes| bytes > BODY_BYTES_MAX)
        && request.inner().body().is_some()
}

/// Answers lines while they come. What is wrong with all of them is known from the first ones, and has its status.
pub(super) async fn answer(
    request: &mut Request,
    env: &Env,
    caller: &Caller,
    id: &str,
    trace: &Trace,
) -> Result<Reply, Refusal> {
    let from = request.stream().map_err(|_| Refusal::NoAnswer)?;
    let mut lines = Lines {
        env: env.clone(),
        tenant: caller.tenant.clone(),
        key: caller.key.clone(),
        id: id.to_owned(),
        trace: trace.clone(),
        from,
        rest: Vec::new(),
        before: 0,
        pieces: VecDeque::new(),
        is_first: true,
        is_over: false,
    };
    let first = match lines.next().await? {
        Some(mut first) if first.status_code() < 300 => said(&mut first).await?,
        Some(refused) => return Ok(Reply::Passed(refused)),
        None => Vec::new(),
    };
    let rest = stream::unfold(Some(lines), |lines| async {
        let mut lines = lines?;
        match lines.told().await {
            Ok(Some(bytes)) => Some((Ok::<_, worker::Error>(bytes), Some(lines))),
            Ok(None) => None,
            // It is too late for a status.
            Err(refusal) => {
                let (_, problem) = reply::problem(&refusal);
                Some((Ok(format!("{{\"problem\":{problem}}}\n").into_bytes()), None))
            }
        }
    });
    let all = stream::iter([Ok(first)]).chain(rest);
    let response = ResponseBuilder::new().with_header("content-type", NDJSON);
    let response = response.and_then(|response| response.with_header(STREAMED.0, STREAMED.1));
    let response = response.and_then(|response| response.from_stream(all));
    response.map(Reply::Passed).map_err(|_| Refusal::NoAnswer)
}

impl Lines {
    /// What is said of the next lines; nothing after the last ones.
    async fn told(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        match self.next().await? {
            None => Ok(None),
            Some(mut response) if response.status_code() < 300 => Ok(Some(said(&mut response).await?)),
            Some(mut refused) => {
                self.is_over = true;
                self.pieces.clear();
                let problem = said(&mut refused).await?;
                Ok(Some([br#"{"problem":"#, problem.as_slice(), b"}\n"].concat()))
            }
        }
    }

    /// The system's answer to the next lines.
    async fn next(&mut self) -> Result<Option<Response>, Refusal> {
        loop {
            while self.pieces.is_empty() && !self.is_over {
                self.read().await?;
            }
            let Some(piece) = self.pieces.pop_front() else { return Ok(None) };
            self.pay().await?;
            let (Self { env, tenant, id, trace, .. }, Piece { first_line, bytes }) = (&*self, &piece);
            let response = call::lines(env, (tenant, id), trace, bytes, *first_line).await?;
            match halves(&piece).filter(|_| response.status_code() == 413) {
                // A wide system takes few frames at once.
                Some([one, other]) => {
                    self.pieces.push_front(other);
                    self.pieces.push_front(one);
                }
                None => return Ok(Some(response)),
            }
        }
    }

    /// Takes in what has come.
    async fn read(&mut self) -> Result<(), Refusal> {
        match self.from.next().await {
            Some(Ok(bytes)) => self.rest.extend(bytes),
            Some(Err(_)) => {
                // Whoever sent is gone: half a line is none.
                self.rest.clear();
                self.is_over = true;
            }
            None => {
                self.is_over = true;
                if !self.rest.is_empty() {
                    self.rest.push(b'\n');
                }
            }
        }
        let (pieces, lines) = cut(&mut self.rest, self.before);
        self.pieces.extend(pieces);
        self.before += lines;
        if self.rest.len() > LINE_BYTES_MAX {
            return Err(Refusal::Malformed {
                place: format!("line {}: ", self.before + 1),
                detail: format!("a line has at most {LINE_BYTES_MAX} bytes"),
            });
        }
        Ok(())
    }

    /// Every piece takes a request out of the key's bucket, as if it came alone; where there is none, the sender waits.
    async fn pay(&mut self) -> Result<(), Refusal> {
        if std::mem::take(&mut self.is_first) {
            // The door has seen to the first one.
            return Ok(());
        }
        let Some(key) = &self.key else { return Ok(()) };
        loop {
            match door::spend(key, &self.env, Some(&self.trace)).await.1 {
                Ok(_) => return Ok(()),
                Err(Refusal::Door(DoorFault::TooOften { wait_ms, .. })) => {
                    Delay::from(Duration::from_millis(wait_ms)).await;
                }
                Err(refusal) => return Err(refusal),
            }
        }
    }
}

/// Whole lines from the front of what came, in pieces; and how many they are.
fn cut(rest: &mut Vec<u8>, before: usize) -> (Vec<Piece>, usize) {
    let Some(last) = rest.iter().rposition(|byte| *byte == b'\n') else { return (Vec::new(), 0) };
    let tail = rest.split_off(last + 1);
    let whole = std::mem::replace(rest, tail);
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut lines, mut in_piece) = (0, 0);
    for line in whole.split_inclusive(|byte| *byte == b'\n') {
        match pieces.last_mut() {
            Some(piece) if in_piece < PIECE_LINES && piece.bytes.len() + line.len() <= PIECE_BYTES => {
                piece.bytes.extend(line);
                in_piece += 1;
            }
            _ => {
                pieces.push(Piece { first_line: before + lines, bytes: line.to_vec() });
                in_piece = 1;
            }
        }
        lines += 1;
    }
    pieces.retain(|piece| !piece.bytes.trim_ascii().is_empty());
    (pieces, lines)
}

/// The two halves of a piece; nothing where it is one line.
fn halves(piece: &Piece) -> Option<[Piece; 2]> {
    let ends: Vec<usize> =
        piece.bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    let lines = ends.len() / 2;
    let end = *ends.get(lines.checked_sub(1)?)?;
    let (one, other) = piece.bytes.split_at_checked(end)?;
    let other = Piece { first_line: piece.first_line + lines, bytes: other.to_vec() };
    Some([Piece { first_line: piece.first_line, bytes: one.to_vec() }, other])
}

async fn said(response: &mut Response) -> Result<Vec<u8>, Refusal> {
    response.bytes().await.map_err(|_| Refusal::NoAnswer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_where_they_end() {
        let mut rest = b"one\ntwo\n\nthr".to_vec();
        let (pieces, lines) = cut(&mut rest, 10);
        assert_eq!((pieces.len(), lines, rest.as_slice()), (1, 3, b"thr".as_slice()));
        assert_eq!((pieces[0].first_line, pieces[0].bytes.as_slice()), (10, b"one\ntwo\n\n".as_slice()));
        rest.extend(b"ee\n\n");
        let (pieces, lines) = cut(&mut rest, 13);
        assert_eq!((pieces[0].bytes.as_slice(), lines, rest.len()), (b"three\n\n".as_slice(), 2, 0));
        assert_eq!(cut(&mut b"no end".to_vec(), 0).1, 0);

        let mut many = "x\n".repeat(2 * PIECE_LINES + 1).into_bytes();
        let (pieces, lines) = cut(&mut many, 0);
        assert_eq!(lines, 2 * PIECE_LINES + 1);
        let firsts: Vec<usize> = pieces.iter().map(|piece| piece.first_line).collect();
        assert_eq!(firsts, [0, PIECE_LINES, 2 * PIECE_LINES]);
        let mut long = format!("{}\n", "y".repeat(PIECE_BYTES)).repeat(3).into_bytes();
        assert_eq!(cut(&mut long, 0).0.len(), 3);
    }

    #[test]
    fn a_piece_has_halves_until_it_is_a_line() {
        let piece = Piece { first_line: 7, bytes: b"a\nb\nc\n".to_vec() };
        let [one, other] = halves(&piece).unwrap();
        assert_eq!((one.first_line, one.bytes.as_slice()), (7, b"a\n".as_slice()));
        assert_eq!((other.first_line, other.bytes.as_slice()), (8, b"b\nc\n".as_slice()));
        assert!(halves(&one).is_none());
    }
}
