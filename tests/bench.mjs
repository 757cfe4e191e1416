// What a frame costs in Node; the twin of xtask/src/bench.rs: node tests/bench.mjs WARM_UP VALUES ROUNDS WIDTH ..

import { Engine } from "../dist/npm/dist/node.mjs";

const [warmUp, valuesPerRound, rounds, ...widths] = process.argv.slice(2).map(Number);

async function measure(width) {
  const engine = await Engine.create({ streams: Array.from({ length: width }, (_, place) => `s${place}`) });
  let state = 1;
  let row = 0;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 16) / 256;
  };
  const run = (frames) => {
    const values = Float64Array.from({ length: frames * width }, next);
    const times = Float64Array.from({ length: frames }, () => row++ * 60_000);
    const began = performance.now();
    engine.observeBatch(times, values);
    return ((performance.now() - began) * 1000) / frames;
  };
  run(warmUp);
  const taken = Array.from({ length: rounds }, () => run(Math.floor(valuesPerRound / width)));
  return taken.sort((a, b) => a - b)[Math.floor(rounds / 2)];
}

const figures = [];
for (const width of widths) figures.push(await measure(width));
console.log(figures.join(" "));
