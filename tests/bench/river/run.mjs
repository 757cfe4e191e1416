// CPU time per frame: River doing tiers 1 to 3 of the same task, and the npm package in this Node, in turns on the same
// numbers, so that whatever else the machine does hits both. Only the ratio travels between machines.
//
//   node tests/bench/river/run.mjs [STREAMS ...] [--rounds N] [--package DIR]
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { python } from "./install.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const KINDS = ["continuous_smooth", "continuous_noisy", "discrete_events", "sporadic"];
const GROUPS = 3;
const FRAME_MS = 300_000;
const WARM_UP_FRAMES = 600;
/** Values a round, so that wide frames do not take all day. */
const ROUND_VALUES = 12_000;
/** Rounds of ours per round of River's: a short run would measure the clock. */
const OURS_LONGER = 8;

const argumentAfter = (name, otherwise) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const rounds = Number(argumentAfter("--rounds", 7));
const folder = resolve(argumentAfter("--package", join(HERE, "../../../dist/npm")));
const asked = process.argv.slice(2).filter((word, at, all) => /^\d+$/.test(word) && all[at - 1] !== "--rounds");
const widths = asked.length > 0 ? asked.map(Number) : [30, 100, 500];

if (!existsSync(join(folder, "dist/node.mjs"))) {
  console.error(`${folder} holds no package: build it with \`cargo xtask package\`, or name another with --package`);
  process.exit(1);
}
const { Engine } = await import(pathToFileURL(join(folder, "dist/node.mjs")));

/** A small generator with a seed (mulberry32), even over [0, 1). */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
  };
}

/** Rows by kind: rhythm and noise, counts, and streams that are mostly silent; one value in twenty is missing. */
function rows(frames, streams) {
  const draw = chance(streams);
  const values = new Float64Array(frames * streams);
  for (let frame = 0; frame < frames; frame++) {
    for (let stream = 0; stream < streams; stream++) {
      const wave = Math.sin((frame / 288) * 2 * Math.PI + stream);
      const noise = draw() + draw() + draw() - 1.5;
      const kind = stream % KINDS.length;
      let value = 20 + stream + 4 * wave + [0.3, 3][Math.min(kind, 1)] * noise;
      if (kind === 2) value = Math.floor(-Math.log(1 - draw()) * (3 + 2 * wave));
      const isMissing = draw() < (kind === 3 ? 0.5 : 0.05);
      values[frame * streams + stream] = isMissing ? NaN : value;
    }
  }
  return values;
}

function rival() {
  const child = spawn(python(), [join(HERE, "rival.py")], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(command) {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error("rival.py stopped; its message is above");
      return JSON.parse(value);
    },
    stop: () => child.stdin.end(),
  };
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

/** Microseconds of CPU per frame of `count` frames from `first` on. */
function ours(engine, values, streams, first, count) {
  const times = Float64Array.from({ length: count }, (_, row) => (first + row) * FRAME_MS);
  const part = values.subarray(first * streams, (first + count) * streams);
  const before = process.cpuUsage();
  engine.observeBatch(times, part);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

async function compare(river, streams, scratch) {
  const count = Math.max(20, Math.round(ROUND_VALUES / streams));
  const own = count * OURS_LONGER;
  const values = rows(WARM_UP_FRAMES + rounds * own, streams);
  const path = join(scratch, `${streams}.f64`);
  writeFileSync(path, values.subarray(0, (WARM_UP_FRAMES + rounds * count) * streams));
  await river.ask({ do: "load", path, streams, groups: GROUPS });
  const engine = await Engine.create({
    streams: Array.from({ length: streams }, (_, place) => ({
      name: `s${place}`,
      kind: KINDS[place % KINDS.length],
      group: `g${place % GROUPS}`,
    })),
  });
  await river.ask({ do: "run", frames: WARM_UP_FRAMES });
  ours(engine, values, streams, 0, WARM_UP_FRAMES);
  const [theirs, mine] = [[], []];
  for (let round = 0; round < rounds; round++) {
    theirs.push((await river.ask({ do: "run", frames: count })).micros);
    mine.push(ours(engine, values, streams, WARM_UP_FRAMES + round * own, own));
  }
  return { streams, river: median(theirs), fourfold: median(mine) };
}

const scratch = mkdtempSync(join(tmpdir(), "fourfold-river-"));
const river = rival();
try {
  console.log(`CPU per frame, tiers 1 to 3, medians of ${rounds} rounds in turns`);
  console.log("streams   River 0.26.1 us   Fourfold in Node us   ratio  (at least 40x is the target at 30 and at 500)");
  for (const width of widths) {
    const { streams, river: theirs, fourfold } = await compare(river, width, scratch);
    const cells = [String(streams).padStart(7), theirs.toFixed(0).padStart(17), fourfold.toFixed(2).padStart(21)];
    console.log(`${cells.join(" ")} ${(theirs / fourfold).toFixed(0).padStart(7)}x`);
  }
} finally {
  river.stop();
  rmSync(scratch, { recursive: true, force: true });
}
