// What crossing from JavaScript to WebAssembly and back costs, in shares of the work on a frame. CPU time, in turns: a
// busy machine changes both and not their ratio.

import { pathToFileURL } from "node:url";

const WIDTH = 30;
const WARM_UP = 3000;
const FRAMES = 2000;
const ROUNDS = 9;
const MINUTE = 60_000;

/** What each way may cost at most, in shares of the work. */
export const MOST = { batch: 0.05, "a Float64Array per frame": 0.25, "an object per frame": 0.5 };

const names = Array.from({ length: WIDTH }, (_, place) => `s${place}`);
const times = (first, count) => Float64Array.from({ length: count }, (_, row) => (first + row) * MINUTE);

function cpuMicroseconds() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

let clock;

/** Counts the time inside of a batch's calls. To be asked for before the package is loaded. */
function clockInside() {
  if (clock) return clock;
  clock = { us: 0 };
  const { Instance } = WebAssembly;
  const clocked = ([name, given]) => {
    if (name !== "rawengine_observeBatch") return [name, given];
    const call = (...args) => {
      const before = cpuMicroseconds();
      const result = given(...args);
      clock.us += cpuMicroseconds() - before;
      return result;
    };
    return [name, call];
  };
  WebAssembly.Instance = function (...given) {
    const exports = Object.fromEntries(Object.entries(new Instance(...given).exports).map(clocked));
    return Object.create(Instance.prototype, { exports: { value: exports } });
  };
  WebAssembly.Instance.prototype = Instance.prototype;
  return clock;
}

const median = (numbers) => [...numbers].sort((one, other) => one - other)[numbers.length >> 1];

/** Microseconds of work per frame, and what each way costs beside it. */
export async function boundary(entry) {
  const inside = clockInside();
  const { Engine } = await import(pathToFileURL(entry));
  let state = 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 16) / 256;
  };
  const rows = Float64Array.from({ length: WIDTH * FRAMES }, next);
  const cells = Array.from({ length: FRAMES }, (_, row) => rows.slice(row * WIDTH, (row + 1) * WIDTH));
  const objects = cells.map((values) => Object.fromEntries(names.map((name, place) => [name, values[place]])));
  const one = (values) => (engine, times) => times.forEach((t, row) => engine.observe({ t, values: values[row] }));
  const ways = [(engine, times) => engine.observeBatch(times, rows), one(cells), one(objects)];
  const engines = [];
  for (const _ of ways) {
    const engine = await Engine.create({ streams: names });
    engine.observeBatch(times(0, WARM_UP), Float64Array.from({ length: WIDTH * WARM_UP }, next));
    engines.push(engine);
  }
  const work = [];
  const taken = ways.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    const now = times(WARM_UP + round * FRAMES, FRAMES);
    for (const [place, way] of ways.entries()) {
      inside.us = 0;
      const before = cpuMicroseconds();
      way(engines[place], now);
      taken[place].push((cpuMicroseconds() - before) / FRAMES);
      if (place === 0) work.push(inside.us / FRAMES);
    }
  }
  // The differences round by round: what one program did meanwhile hits both.
  const beside = taken.map((way) => median(way.map((us, round) => us - work[round])));
  const us = median(work);
  return { us, shares: Object.fromEntries(Object.keys(MOST).map((name, place) => [name, beside[place] / us])) };
}
