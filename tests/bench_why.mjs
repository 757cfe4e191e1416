// What an explanation costs in Node; the twin of xtask/src/bench/why.rs, which says what is asked. One line per width:
// microseconds of a fast and of a thorough explanation, bytes of tier 4.

import { Engine, presets } from "../dist/npm/dist/node.mjs";
import { generator } from "./bench/noise.mjs";

const CASES = [
  [32, 2000, 101],
  [500, 800, 21],
];
const TROUBLE_FRAMES = 20;
const START_MS = 1_700_000_000_000;
const FRAME_MS = 300_000;

function schemaOf(width) {
  if (presets.lifelog.streams.length === width) return presets.lifelog;
  const streams = Array.from({ length: width }, (_, place) => `s${place}`);
  return { streams, links: streams.slice(1).map((to, place) => ({ from: streams[place], to })) };
}

async function troubled(width, frames) {
  const engine = await Engine.create(schemaOf(width));
  const next = generator();
  const values = new Float64Array(width);
  for (let frame = 0; frame < frames; frame++) {
    for (let place = 0; place < width; place++) values[place] = next();
    if (frame + TROUBLE_FRAMES >= frames) for (let place = 3; place < 14; place++) values[place] += 512;
    engine.observe({ t: START_MS + FRAME_MS * frame, values });
  }
  return engine;
}

const middle = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

for (const [width, frames, questions] of CASES) {
  const engine = await troubled(width, frames);
  // In turns, and the first half only warms up.
  const modes = { fast: [], thorough: [] };
  for (let question = 0; question < 2 * questions; question++) {
    for (const [mode, taken] of Object.entries(modes)) {
      const began = performance.now();
      engine.explain({ mode });
      if (question >= questions) taken.push((performance.now() - began) * 1000);
    }
  }
  const figures = Object.values(modes).map(middle);
  console.log(...figures, engine.memory().cause);
  engine.free();
}
