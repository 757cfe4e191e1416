// The golden cases of events; the twin of xtask/src/golden/events.rs, which says what is in them.

import { ROWS, START_MS, generator, value, within } from "./input.mjs";

const FRAME_MS = 300_000;
const TICKED_FROM = 600;
const DEED_ROWS = 97;
const REPORT_ROWS = 500;
const DEEDS = [
  ["expected", (engine, back) => engine.label(idOf(engine.episodes().at(-1 - back)), "expected")],
  ["real", (engine, back) => engine.label(idOf(engine.episodes().at(-1 - back)), "real")],
  ["undo", (engine) => engine.undo()],
  ["rate", (engine) => engine.setFalseAlarmRate(0.000244140625)],
  ["expected", (engine, back) => engine.label(idOf(engine.episodes().at(-1 - back)), "expected")],
  ["rate", (engine) => engine.setFalseAlarmRate(0.001953125)],
  ["undo", (engine) => engine.undo()],
];
const ADOPT = [
  "adopt",
  (engine) => engine.adopt(idOf(engine.episodes().findLast(({ end }) => end === "open" || end === "new_normal"))),
];
const idOf = (episode) => episode?.id ?? 0;

/** The calls of a case: `{ row, events }`, `{ t }` for a tick, `{ deed, back }`, `{ report }`. */
export function ofEvents(name, preset) {
  const frame = preset.frame_ms ?? FRAME_MS;
  const sent = arrivals(name, preset, frame);
  const made = [];
  let from = 0;
  for (let row = 0; row < ROWS; row++) {
    const now = START_MS + (row + 1) * frame;
    let to = from;
    while (to < sent.length && sent[to].arrived < now) to++;
    made.push({ row, events: sent.slice(from, to).map(({ event }) => event) });
    from = to;
    if (row >= TICKED_FROM) made.push({ t: now });
    if (row % DEED_ROWS === DEED_ROWS - 1) {
      made.push({ deed: DEEDS[Math.floor(row / DEED_ROWS) % DEEDS.length], back: row % 3 });
    }
    if (row % 800 === 405) made.push({ deed: ADOPT, back: 0 });
    if (row % REPORT_ROWS === REPORT_ROWS - 1) made.push({ report: now });
  }
  return made;
}

function arrivals(name, preset, frame) {
  const bits = generator(name);
  const sent = [];
  for (let row = 0; row < ROWS; row++) {
    const start = START_MS + row * frame;
    const isOut = within(row % 1250, 1200, 1215);
    for (const [place, stream] of preset.streams.entries()) {
      const x = value(stream, place, row, bits);
      const t = start + Math.floor((frame * bits(16)) / 65_536);
      const delay = bits(10);
      const fate = bits(5);
      if (isOut) continue;
      const wait = fate < 4 ? Math.floor((frame * delay) / 320) : delay;
      const event = { place, stream: stream.name, t, value: x };
      sent.push({ arrived: t + wait, event });
      if (fate >= 30) sent.push({ arrived: t + wait + 64 * delay, event });
    }
  }
  return sent.sort((one, other) => one.arrived - other.arrived);
}

/** Plays a call on the npm package's engine: the verdicts that it gave, or what else it said. */
export function play(engine, { events, t, deed, back, report }) {
  if (events) return engine.push(events.map(({ stream, t, value }) => ({ stream, t, value })));
  if (t !== undefined) return { verdicts: engine.tick(t) };
  if (report !== undefined) {
    const value = [engine.health(report), engine.gaps(), engine.quality(report), engine.monitor(), engine.episodes()];
    value.push(why(engine, {}), why(engine, { t: engine.episodes().at(-1)?.peak, mode: "thorough" }));
    return { said: `report ${report}`, value, sealed: engine.seal() };
  }
  const [word, act] = deed;
  try {
    act(engine, back);
    return { said: `${word} ok` };
  } catch (error) {
    return { said: `${word} ${error.code}` };
  }
}

/** An explanation, or why there is none: that is an answer too. */
function why(engine, ask) {
  try {
    return engine.explain(ask);
  } catch ({ code }) {
    return code;
  }
}
