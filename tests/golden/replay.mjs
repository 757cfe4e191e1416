// A golden case as text, wherever JavaScript runs; the twin of xtask/src/golden/replay.rs.

import { Digest, bitsOf } from "./digest.mjs";
import { ofEvents, play } from "./events.mjs";
import { ROWS, SEALED_BEFORE, START_MS, digestOf, ofFrames } from "./input.mjs";

const PRINTED_ROWS = 50;
const FRAME_MS = 300_000;

/** The text of a case; `judge(calls)` answers what came of each call: `{ verdicts }`, or `{ said, value }`. */
export async function replay({ name, kind, preset }, judge) {
  const made = kind === "events" ? ofEvents(name, preset) : ofFrames(name, preset);
  const answers = await judge(made);
  if (answers.length !== made.length) throw new Error(`${answers.length} answers to ${made.length} calls`);
  const lines = [
    `${name}: ${ROWS} rows of ${kind}, inputs ${digestOf(made)}`,
    "what time score score_bits confidence_bits severity all_so_far",
  ];
  const digest = new Digest();
  for (const [place, { row, values }] of made.entries()) {
    const { verdicts, counts, said, value, sealed } = answers[place];
    if (said) {
      if (value) digest.value(value);
      if (sealed) digest.bytes(sealed);
      lines.push(`${said} ${digest.hex()}`);
      continue;
    }
    if (counts) digest.value(counts);
    if (verdicts.length === 0) digest.nothing();
    for (const verdict of verdicts) {
      digest.value(verdict);
      const isPrinted = values ? row % PRINTED_ROWS === 0 : verdict.from_silence || isFinalAndDue(verdict, preset);
      if (isPrinted || verdict.alarm) lines.push(line(verdict, digest));
    }
  }
  return `${lines.join("\n")}\n`;
}

const isFinalAndDue = ({ t, standing }, { frame_ms }) =>
  standing === "final" && Math.floor((t - START_MS) / (frame_ms ?? FRAME_MS)) % PRINTED_ROWS === 0;

function line({ t, score, confidence, severity, alarm, from_silence }, digest) {
  const what = alarm ? "alarm" : from_silence ? "silence" : "frame";
  const millionths = Math.floor(score * 1e6);
  const decimal = `${Math.floor(millionths / 1e6)}.${String(millionths % 1e6).padStart(6, "0")}`;
  return `${what} ${t} ${decimal} ${bitsOf(score)} ${bitsOf(confidence)} ${severity} ${digest.hex()}`;
}

/** Judges with the npm package, with an interruption in the middle. */
export const withPackage = (Engine, preset) => async (made) => {
  let engine = await Engine.create(preset);
  const answers = [];
  for (const call of made) {
    if (call.row === SEALED_BEFORE) engine = await Engine.open(engine.seal());
    answers.push(call.values ? { verdicts: [engine.observe(call)] } : play(engine, call));
  }
  return answers;
};
