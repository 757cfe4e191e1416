// The same uneven streams for every host: gaps, a jump, a stream that falls silent. No randomness, no clock.

export const STREAMS = ["a", "b", "c"];

export function frames(count) {
  const times = Float64Array.from({ length: count }, (_, row) => 1_700_000_000_000 + row * 60_000);
  const rows = new Float64Array(count * STREAMS.length);
  for (let row = 0; row < count; row++) {
    rows[row * 3] = row === 700 ? 400 : 20 + (row % 7) + ((row * 13) % 11) / 10;
    rows[row * 3 + 1] = row % 3 === 0 ? NaN : 5 + ((row * 7) % 5);
    rows[row * 3 + 2] = row > 800 ? NaN : (row * row) % 17;
  }
  return { times, rows };
}

/** Scores as the bits that they are: rounding hides nothing. */
export function bits(scores) {
  const words = new BigUint64Array(Float64Array.from(scores).buffer);
  return Array.from(words, (word) => word.toString(16)).join(" ");
}
