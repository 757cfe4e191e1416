// What a frame costs in Node; the twin of xtask/src/bench.rs:
//   node tests/bench.mjs WARM_UP VALUES ROUNDS SINGLE_FRAMES REPLAYS WIDTH ..
// One line per width: microseconds per frame, CPU microseconds per frame, p50 and p99.9 of single frames, bytes held.

import { Engine } from "../dist/npm/dist/node.mjs";
import { generator } from "./bench/noise.mjs";

const [warmUp, valuesPerRound, rounds, singleFrames, replays, ...widths] = process.argv.slice(2).map(Number);

const create = (width) => Engine.create({ streams: Array.from({ length: width }, (_, place) => `s${place}`) });

/** The number below which a share of them lies. */
const shareOf = (numbers, share) =>
  [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];

async function batches(width) {
  const engine = await create(width);
  const next = generator();
  let row = 0;
  const run = (frames) => {
    const values = Float64Array.from({ length: frames * width }, next);
    const times = Float64Array.from({ length: frames }, () => row++ * 60_000);
    const [began, before] = [performance.now(), process.cpuUsage()];
    engine.observeBatch(times, values);
    const { user, system } = process.cpuUsage(before);
    return [((performance.now() - began) * 1000) / frames, (user + system) / frames];
  };
  run(warmUp);
  const taken = Array.from({ length: rounds }, () => run(Math.floor(valuesPerRound / width)));
  const { total, cause } = engine.memory();
  const bytes = total - cause;
  engine.free();
  return [...[0, 1].map((kind) => shareOf(taken.map((round) => round[kind]), 0.5)), bytes];
}

/** Microseconds of frames one by one, the least of several replays: whatever was slower was another program. */
async function singles(width) {
  const least = new Float64Array(singleFrames).fill(Infinity);
  for (let replay = 0; replay < replays; replay++) {
    const engine = await create(width);
    const next = generator();
    const values = new Float64Array(width);
    for (let row = 0; row < warmUp + singleFrames; row++) {
      for (let place = 0; place < width; place++) values[place] = next();
      const began = performance.now();
      engine.observe({ t: row * 60_000, values });
      const us = (performance.now() - began) * 1000;
      if (row >= warmUp) least[row - warmUp] = Math.min(least[row - warmUp], us);
    }
    engine.free();
  }
  return least;
}

for (const width of widths) {
  const [us, cpu, bytes] = await batches(width);
  const each = await singles(width);
  console.log(us, cpu, shareOf(each, 0.5), shareOf(each, 0.999), bytes);
}
