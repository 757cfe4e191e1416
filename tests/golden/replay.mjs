// A golden case as text, wherever JavaScript runs; the twin of xtask/src/golden/replay.rs.

import { Digest, bitsOf } from "./digest.mjs";
import { ROWS, SEALED_BEFORE, calls, digestOf } from "./input.mjs";

const PRINTED_ROWS = 50;

/** `judge(calls)` answers one verdict per call, `null` for a tick that had nothing to say. */
export async function replay(name, preset, judge) {
  const made = calls(name, preset);
  const verdicts = await judge(made);
  if (verdicts.length !== made.length) throw new Error(`${verdicts.length} verdicts on ${made.length} calls`);
  const lines = [
    `${name}: ${ROWS} rows, inputs ${digestOf(made)}`,
    "what time score score_bits confidence_bits severity all_so_far",
  ];
  const digest = new Digest();
  for (const [place, { row }] of made.entries()) {
    const verdict = verdicts[place];
    if (verdict === null && row === undefined) {
      digest.nothing();
      continue;
    }
    digest.value(verdict);
    const isPrinted = row === undefined || row % PRINTED_ROWS === 0 || verdict.alarm;
    if (isPrinted) lines.push(line(verdict, digest));
  }
  return `${lines.join("\n")}\n`;
}

function line({ t, score, confidence, severity, alarm, from_silence }, digest) {
  const what = alarm ? "alarm" : from_silence ? "silence" : "frame";
  const millionths = Math.floor(score * 1e6);
  const decimal = `${Math.floor(millionths / 1e6)}.${String(millionths % 1e6).padStart(6, "0")}`;
  return `${what} ${t} ${decimal} ${bitsOf(score)} ${bitsOf(confidence)} ${severity} ${digest.hex()}`;
}

/** Judges with the npm package, with an interruption in the middle. */
export const withPackage = (Engine, preset) => async (made) => {
  let engine = await Engine.create(preset);
  const verdicts = [];
  for (const { row, t, values } of made) {
    if (row === SEALED_BEFORE) engine = await Engine.open(engine.seal());
    verdicts.push(values === undefined ? engine.tick(t) : engine.observe({ t, values }));
  }
  return verdicts;
};
