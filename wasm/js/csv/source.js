// Bytes of whatever a table comes in, piece by piece.

import { FourfoldError } from "../error.js";

/** Text goes in pieces of so many characters, so that a long one is not in memory twice. */
const TEXT_PIECE = 1 << 16;

export async function* bytesOf(source) {
  if (typeof source === "string") return yield* encoded(source);
  if (source instanceof ArrayBuffer) return yield new Uint8Array(source);
  if (ArrayBuffer.isView(source)) return yield new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  const stream = streamOf(source);
  if (typeof stream?.getReader === "function") return yield* read(stream);
  if (typeof stream?.[Symbol.asyncIterator] !== "function") {
    throw new FourfoldError("csv.not-a-source", "readCsv takes text, bytes, a File, a Response or a stream of bytes");
  }
  for await (const piece of stream) {
    if (typeof piece === "string") yield* encoded(piece);
    else yield piece;
  }
}

function streamOf(source) {
  if (typeof source?.stream === "function") return source.stream(); // A File or a Blob.
  return typeof source?.arrayBuffer === "function" ? source.body : source; // A Response, or a stream already.
}

async function* read(stream) {
  const reader = stream.getReader();
  let isRead = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (typeof value === "string") yield* encoded(value);
      else yield value;
    }
    isRead = true;
  } finally {
    if (!isRead) await reader.cancel().catch(() => {}); // Whoever stops early wants no more of it.
  }
}

function* encoded(text) {
  const encoder = new TextEncoder();
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + TEXT_PIECE);
    const last = text.charCodeAt(to - 1);
    if (to < text.length && last >= 0xd800 && last < 0xdc00) to--; // One character of two halves.
    yield encoder.encode(text.slice(from, to));
    from = to;
  }
}
