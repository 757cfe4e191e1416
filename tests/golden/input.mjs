// What the golden cases feed; the twin of xtask/src/golden/input.rs, which says what is in it.

import { Digest } from "./digest.mjs";

export const ROWS = 5000;
export const SEALED_BEFORE = 2500;

export const START_MS = 1_700_000_000_000;
const CADENCE_MS = 60_000;
const POISON = [NaN, Infinity, -Infinity, 1e308, -1e308, 1e150, 5e-324, -0];

export const within = (x, from, to) => x >= from && x < to;

export function generator(name) {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) state = Math.imul(state ^ byte, 0x01000193);
  return (count) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> (32 - count);
  };
}

/** The calls of a case: `{ row, t, values }` is a frame, `{ t }` a tick. `preset` is the schema's JSON. */
export function ofFrames(name, preset) {
  const cadence = preset.streams[0].cadence_ms ?? CADENCE_MS;
  const bits = generator(name);
  const made = [];
  for (let row = 0; row < ROWS; row++) {
    const t = START_MS + row * cadence + bits(4);
    const isAskedBetween = bits(6) === 0;
    const values = preset.streams.map((stream, place) => value(stream, place, row, bits));
    if (within(row % 1250, 1200, 1215)) {
      made.push({ t });
      continue;
    }
    if (isAskedBetween) made.push({ t: t - Math.floor(cadence / 2) });
    made.push({ row, t, values });
  }
  return made;
}

export function value(stream, place, row, bits) {
  const noise = bits(8);
  const gate = bits(10);
  const isGroupOut = within(row % 700, 650, 670) && place % 3 === Math.floor(row / 700) % 3;
  const isDead = place === 1 && within(row, 3000, 3400);
  if (gate < 16 || isGroupOut || isDead) return NaN;
  if (gate >= 1022) return POISON[row % 8];
  if (place === 2 && within(row, 2000, 2100)) return 7;
  const period = 64 << place % 4;
  const phase = (row + 37 * place) % period;
  const wave = Math.min(phase, period - phase) * (512 / period);
  let level;
  switch (stream.kind) {
    case "continuous_smooth":
      level = 96 + wave / 4 + noise / 64;
      break;
    case "continuous_noisy":
      level = 64 + wave / 8 + noise / 4;
      break;
    case "discrete_events":
      return Math.floor(noise / (wave > 128 ? 32 : 128));
    case "sporadic":
      return noise < 16 ? 1 + (noise % 8) : NaN;
    default:
      throw new Error(`there is no kind ${stream.kind}`);
  }
  const spike = row % 400 === 399 && place % 2 === 0 ? 64 : 0;
  const shift = within(row, 3600, 4200) && place % 4 === 0 ? 32 : 0;
  const newLevel = row >= 4500 && place === 0 ? 48 : 0;
  const [low, high] = stream.bounds ?? [0, 256];
  return low + (high - low) * ((level + spike + shift + newLevel) / 256);
}

/** The hash of the calls. */
export function digestOf(made) {
  const digest = new Digest();
  for (const { t, values, events, back, report } of made) {
    if (events) {
      digest.number(events.length);
      for (const { place, t, value } of events) [place, t, value].forEach((x) => digest.number(x));
      continue;
    }
    if (t !== undefined && values === undefined) digest.nothing();
    digest.number(t ?? back ?? report);
    values?.forEach((x) => digest.number(x));
  }
  return digest.hex();
}
