// The command, as a shell runs it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { before, describe, test } from "node:test";

import { project } from "./project.mjs";

const CSV = `time,temperature,humidity\n${Array.from({ length: 900 }, (_, row) => line(row)).join("")}`;

function line(row) {
  const temperature = row === 700 ? 95 : 20 + ((row * 7) % 11) / 4;
  return `${new Date(1_704_067_200_000 + 60_000 * row).toISOString()},${temperature},${row % 3 ? 40 + (row % 5) : ""}\n`;
}

let folder, Engine, presets;

before(async () => {
  folder = await project({ "data.csv": CSV, "own.json": JSON.stringify({ streams: ["temperature", "humidity"] }) });
  ({ Engine, presets } = createRequire(join(folder, "any.js"))("fourfold"));
});

/** Starts the command; answers what it says and how it ends. `input` is what it hears, `null` for a pipe that stays open. */
function started(words, input = "") {
  const child = spawn(join(folder, "node_modules/.bin/fourfold"), words, { cwd: folder });
  const said = { out: "", err: "" };
  child.stdout.on("data", (text) => (said.out += text));
  child.stderr.on("data", (text) => (said.err += text));
  if (input !== null) child.stdin.end(input);
  const ended = new Promise((end) => child.on("close", (code, signal) => end({ ...said, code: code ?? signal })));
  return { child, said, ended };
}

const fourfold = (words, input) => started(words, input).ended;
const parsed = (out) => out.trim().split("\n").map((text) => JSON.parse(text));

/** What the package itself says of the table. */
async function expected(schema) {
  const engine = await Engine.create(schema);
  const rows = CSV.trim().split("\n").slice(1).map((text) => text.split(","));
  return rows.map(([time, temperature, humidity]) => {
    const values = { temperature: Number(temperature), humidity: humidity === "" ? null : Number(humidity) };
    return engine.observe({ t: new Date(time), values });
  });
}

describe("watch", () => {
  test("a table, with a preset", async () => {
    const { out, err, code } = await fourfold(["watch", "data.csv", "--preset", "iot"]);
    assert.equal(code, 0);
    assert.match(err, /no column for sound, vibration/);
    const verdicts = await expected(presets.iot);
    assert.deepEqual(parsed(out), JSON.parse(JSON.stringify(verdicts)));
  });

  test("a schema of one's own, only scores, only alarms", async () => {
    const verdicts = await expected({ streams: ["temperature", "humidity"] });
    const scores = await fourfold(["watch", "data.csv", "--schema", "own.json", "--score-only"]);
    assert.deepEqual(parsed(scores.out), verdicts.map(({ t, score }) => ({ t, score })));
    const alarms = await fourfold(["watch", "-", "--schema", "own.json", "--alarms-only"], CSV);
    assert.deepEqual(parsed(alarms.out), JSON.parse(JSON.stringify(verdicts.filter(({ alarm }) => alarm))));
    assert.ok(verdicts[700].alarm);
  });

  test("a guess, where nothing is said, and bad lines on standard error", async () => {
    const { out, err, code } = await fourfold(["watch", "--score-only"], `${CSV}broken\n`);
    assert.deepEqual([code, parsed(out).length], [0, 900]);
    assert.match(err, /1 rows were left out\n {2}line 902, 1 cells instead of 3: broken/);
  });

  test("lines of JSON are answered at once", async () => {
    const { child, said, ended } = started(["watch", "--ndjson"], null);
    const heard = (lines) =>
      new Promise((go) => {
        const look = () => said.out.split("\n").length > lines && go(child.stdout.off("data", look));
        child.stdout.on("data", look);
        look();
      });
    for (let row = 0; row < 3; row++) {
      child.stdin.write(`${JSON.stringify({ t: row * 1000, values: { a: row, b: null } })}\n`);
      await heard(row + 1);
    }
    child.stdin.write(`{"t": 500, "values": {"a": 1}}\n{"t": "1970-01-01T00:00:03Z", "values": {"a": 1}}\n`);
    await heard(4);
    child.stdin.end();
    const { out, err, code } = await ended;
    assert.deepEqual(parsed(out).map(({ t }) => t), [0, 1000, 2000, 3000]);
    assert.deepEqual([code, /line 4, time 500 is not after 2000/.test(err)], [1, true]);
  });

  test("events become frames", async () => {
    const schema = JSON.stringify({ streams: ["door"], frame_ms: 1000, lateness_ms: 1000 });
    await writeFile(join(folder, "events.json"), schema);
    const events = [0, 1000, 1500, 900, 2000, 5000].map((t) => JSON.stringify({ stream: "door", t, value: 1 }));
    const { out, code } = await fourfold(["watch", "--ndjson", "--schema", "events.json"], `${events.join("\n")}\n`);
    assert.equal(code, 0);
    assert.ok(["provisional", "final"].every((word) => parsed(out).some(({ standing }) => standing === word)));
  });

  test("goes on with what it learned", async () => {
    const rows = CSV.split("\n");
    const [first, second] = [rows.slice(0, 601), [rows[0], ...rows.slice(601)]].map((part) => part.join("\n"));
    const words = ["watch", "--schema", "own.json", "--state", "learned.bin"];
    const outs = [await fourfold(words, first), await fourfold(words, second)].map(({ out }) => parsed(out));
    assert.deepEqual(outs.flat(), JSON.parse(JSON.stringify(await expected({ streams: ["temperature", "humidity"] }))));
    assert.equal((await Engine.open(await readFile(join(folder, "learned.bin")))).monitor().frames, 900);
  });

  test("keeps what it learned when it is told to stop", async () => {
    const { child, said, ended } = started(["watch", "--ndjson", "--state", "stopped.bin"], null);
    child.stdin.write('{"t": 1, "values": {"a": 1}}\n');
    while (said.out === "") await new Promise((go) => setTimeout(go, 10));
    child.kill("SIGTERM");
    assert.equal((await ended).code, 0);
    assert.equal((await Engine.open(await readFile(join(folder, "stopped.bin")))).monitor().frames, 1);
  });

  test("a reader that is slow gets everything", async () => {
    const { child, said, ended } = started(["watch", "data.csv"], "");
    child.stdout.pause();
    await new Promise((go) => setTimeout(go, 700));
    assert.equal(child.exitCode, null, "there is more than a pipe holds");
    child.stdout.resume();
    assert.equal((await ended).code, 0);
    assert.equal(parsed(said.out).length, 900);
  });

  test("a reader that has seen enough is no fault", async () => {
    const { child, ended } = started(["watch", "data.csv"], "");
    child.stdout.destroy();
    assert.equal((await ended).code, 0);
  });

  const wrong = [
    [["watch", "none.csv"], /ENOENT.*none\.csv/],
    [["watch", "data.csv", "--preset", "none"], /there is no preset none: iot, lifelog/],
    [["watch", "data.csv", "--nonsense"], /nonsense/],
    [["watch", "--ndjson"], /line 1: events need a schema/, '{"stream": "a", "t": 1, "value": 2}\n'],
    [["watch"], /there is nothing in it/, ""],
    [["evaluate"], /--nab DIR/],
  ];
  for (const [words, message, input] of wrong) {
    test(`${words.join(" ")} is refused`, async () => {
      const { err, code } = await fourfold(words, input);
      assert.match(err, message);
      assert.doesNotMatch(err, /\n {4}at /, "no stack");
      assert.equal(code, 1);
    });
  }
});

test("help is at hand", async () => {
  const [asked, lost] = [await fourfold(["--help"]), await fourfold(["wacht"])];
  for (const words of [["watch", "--help"], ["evaluate", "-h"], ["help"]]) assert.deepEqual(await fourfold(words), asked);
  assert.deepEqual([asked.code, lost.code], [0, 2]);
  assert.equal(asked.out, lost.err);
  for (const option of ["--ndjson", "--alarms-only", "--state"]) assert.ok(asked.out.includes(option));
});

test("evaluate scores the benchmark's files", async () => {
  const rows = Array.from({ length: 2000 }, (_, row) => {
    const time = new Date(1_400_000_000_000 + 300_000 * row).toISOString().replace("T", " ").slice(0, 19);
    return `${time},${row === 1500 ? 900 : 50 + ((row * 13) % 17)}\n`;
  });
  await mkdir(join(folder, "nab/labels"), { recursive: true });
  await mkdir(join(folder, "nab/data/made"), { recursive: true });
  await writeFile(join(folder, "nab/data/made/one.csv"), `timestamp,value\n${rows.join("")}`);
  const [from, to] = [1490, 1560].map((row) => `${rows[row].split(",")[0]}.000000`);
  await writeFile(join(folder, "nab/labels/combined_windows.json"), JSON.stringify({ "made/one.csv": [[from, to]] }));
  const { out, code } = await fourfold(["evaluate", "--nab", "nab"]);
  assert.equal(code, 0);
  assert.match(out, /^NAB, 1 files +standard/);
  const [, standard, , , found] = out.split("\n")[1].match(/best threshold +([\d.]+) +([\d.]+) +([\d.]+) +(\S+),/);
  assert.ok(Number(standard) > 85 && Number(standard) < 100, out);
  assert.equal(found, "1/1");
});
