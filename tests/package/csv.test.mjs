// Tables of text: what is guessed, what is asked, what is refused, and that nothing depends on how the bytes are cut.

import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";

import { project } from "./project.mjs";

let readCsv, CsvError, Engine, inferSchema;

before(async () => {
  const folder = await project({ "entry.mjs": `export * from "fourfold";` });
  ({ readCsv, CsvError, Engine, inferSchema } = await import(pathToFileURL(join(folder, "entry.mjs"))));
});

async function read(source, options) {
  const table = await readCsv(source, options);
  const times = [];
  const rows = [];
  for await (const batch of table) {
    times.push(...batch.times);
    rows.push(...batch.rows);
  }
  return { table, times, rows, report: table.report };
}

const utc = (...fields) => Date.UTC(...fields);

describe("times", () => {
  const JAN_2 = utc(2024, 0, 2, 13, 5);
  const written = [
    ["2024-01-02 13:05", {}], ["2024-01-02T13:05:00Z", {}], ["2024-01-02T13:05:00.000+00:00", {}], ["2024/01/02 13:05:00", {}],
    ["2024-01-02T18:35:00+0530", {}], ["2024-01-02T12:05:00-01", {}], ["02.01.2024 13:05", {}], ["02.01.24 13:05", {}],
    ["2 Jan 2024 13:05", {}], ["January 2, 2024 1:05 PM", {}], ["Jan 2nd, 2024, 1:05pm", {}], ["Tue, 02 Jan 2024 13:05:00 GMT", {}],
    ["02/01/2024 13:05", { timeOrder: "dmy" }], ["01/02/2024 1:05 PM", { timeOrder: "mdy" }], ["24-01-02 13:05", { timeOrder: "ymd" }],
    [String(JAN_2 / 1000), {}], [`${JAN_2}`, {}], [`${JAN_2}000`, {}], [`${JAN_2}000000`, {}], [`${JAN_2 / 1000}.0`, {}],
    ["2024-01-02 14:05", { zone: "Europe/Berlin" }], ["2024-01-02 08:05", { zone: "America/New_York" }], ["2024-01-02 11:05", { zone: "-02:00" }],
  ];
  for (const [text, options] of written) {
    test(text, async () => {
      const { times, table } = await read(`time;a\n"${text}";1\n`, options);
      assert.deepEqual(times, [JAN_2]);
      assert.equal(table.time.column, "time");
      assert.deepEqual((await read(`time;a\n${text};1\n`, options)).times, [JAN_2], "without quotes");
    });
  }

  test("milliseconds, in their places", async () => {
    const { times } = await read("t,a\n2024-01-01 00:00:00.5,1\n2024-01-01 00:00:01.057,1\n2024-01-01 00:00:02.1239999Z,1\n");
    assert.deepEqual(times.map((t) => t - utc(2024, 0, 1)), [500, 1057, 2123]);
  });

  test("what is no date is a bad line", async () => {
    const january = Array.from({ length: 27 }, (_, day) => `2024-01-${String(day + 1).padStart(2, "0")},1\n`).join("");
    const { report, times } = await read(`t,a\n${january}2024-02-30,2\n2024-02-29T25:00:00,3\n,4\n2024-03-01,5\n`);
    assert.deepEqual([times.length, report.badRows], [28, 3]);
    assert.deepEqual(report.badLines[0], { line: 29, why: "no time", text: "2024-02-30,2" });
  });

  test("the hour that a change of clocks repeats, and the one that it skips", async () => {
    const clock = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"].map((hour) => `2024-10-27 ${hour}:00,1\n`);
    const { times } = await read(`t,a\n${clock.join("")}`, { zone: "Europe/Berlin" });
    assert.deepEqual(times.map((t) => (t - utc(2024, 9, 26, 23, 30)) / 60_000), [0, 30, 60, 90, 120, 150]);
    const spring = await read("t,a\n2024-03-31 01:59:00,1\n2024-03-31 03:00:00,1\n", { zone: "Europe/Berlin" });
    assert.equal(spring.times[1] - spring.times[0], 60_000);
  });

  test("a table without times is rows a second apart", async () => {
    const { times, rows, table } = await read("bytes,a\n1704067200,1\n1604067260,2\n");
    assert.deepEqual([table.time, times, rows], [null, [0, 1000], [1704067200, 1, 1604067260, 2]]);
  });

  test("one that is named is taken", async () => {
    const text = "made,seen,a\n2024-01-01,2025-01-01,1\n";
    assert.equal((await read(text)).table.time.column, "made");
    assert.deepEqual((await read(text, { timeColumn: "seen" })).times, [utc(2025, 0, 1)]);
    assert.equal((await read("1\n2\n", { timeColumn: null })).table.time, null);
    await assert.rejects(readCsv(text, { timeColumn: "a" }), { code: "csv.no-time" });
    await assert.rejects(readCsv(text, { timeColumn: "b" }), { code: "csv.no-time", message: /there is made, seen, a/ });
    await assert.rejects(readCsv(text, { zone: "Mars" }), { code: "csv.unknown-zone" });
  });
});

describe("what can be read in two ways", () => {
  const DATES = "when,a\n01/02/2024 10:00,1\n01/02/2024 11:00,2\n";
  const GROUPS = "t;a\n2024-01-01;1,234\n2024-01-02;5,678\n";

  test("is refused with both readings", async () => {
    await assert.rejects(readCsv(DATES), (error) => {
      assert.ok(error instanceof CsvError);
      assert.equal(error.code, "csv.ambiguous-time-order");
      assert.match(error.message, /`01\/02\/2024 10:00` in when can be 1 February 2024 .*"dmy".* or 2 January 2024 .*"mdy"/);
      assert.deepEqual(error.readings.map(({ value }) => value), ["dmy", "mdy"]);
      return true;
    });
    await assert.rejects(readCsv(GROUPS), { code: "csv.ambiguous-decimal", message: /1234 .* or 1\.234/ });
  });

  test("or asked for", async () => {
    const questions = [];
    const ask = (question) => (questions.push(question), question.readings.at(-1).value);
    assert.deepEqual((await read(DATES, { ask, zone: "UTC" })).times, [utc(2024, 0, 2, 10), utc(2024, 0, 2, 11)]);
    assert.deepEqual((await read(GROUPS, { ask: async (question) => ask(question), zone: "UTC" })).rows, [1.234, 5.678]);
    assert.deepEqual(questions.map(({ about, column }) => [about, column]), [["time order", "when"], ["decimal", null]]);
    await assert.rejects(readCsv(DATES, { ask: () => "no such reading", zone: "UTC" }), { code: "csv.ambiguous-time-order" });
  });

  test("unless something in the table tells", async () => {
    assert.deepEqual((await read("d,a\n31/01/2024,1\n01/02/2024,2\n")).times, [utc(2024, 0, 31), utc(2024, 1, 1)]);
    assert.deepEqual((await read("d,a\n01/31/2024,1\n02/01/2024,2\n")).times, [utc(2024, 0, 31), utc(2024, 1, 1)]);
    const rising = Array.from({ length: 12 }, (_, day) => `${String(day + 1).padStart(2, "0")}/03/2024,1\n`).join("");
    const { table } = await read(`d,a\n${rising}01/04/2024,1\n`);
    assert.equal(table.time.order, "dmy", "read the other way, the last row would go back");
    assert.deepEqual((await read("t;a\n2024-01-01;1,234\n2024-01-02;5,6\n")).rows, [1.234, 5.6]);
    assert.deepEqual((await read("t;a\n2024-01-01;1.234,5\n")).rows, [1234.5]);
    assert.deepEqual((await read("t,a\n2024-01-01,\"1,234\"\n")).rows, [1234]);
  });
});

describe("numbers", () => {
  test("are the nearest that there are", async () => {
    const texts = ["0.1", "-0.3", "123456789.123456", "9007199254740993", "1e-320", "1.7976931348623157e308", "5e22", "0.000001",
      "3.14159265358979323846", "+7", "-0", ".5", "4.", "1E3", "000012.50"];
    const { rows } = await read(`t,a\n${texts.map((text, day) => `${1704067200 + day},${text}\n`).join("")}`);
    assert.deepEqual(rows, texts.map(Number));
  });

  test("thousands are set apart in as many ways as people do", async () => {
    const groups = { "1,234.5": 1234.5, "-12,345,678": -12345678, "1 234": 1234, "1'234.25": 1234.25 };
    const written = { ...groups, "1,23": NaN, "12,3456": NaN, "2024 12": NaN };
    const ordinary = Array.from({ length: 40 }, (_, row) => `${1704067300 + row},0.5\n`).join("");
    const lines = Object.keys(written).map((text, row) => `${1704067200 + row},"${text}"\n`).join("");
    const { rows } = await read(`t,a\n${lines}${ordinary}`, { decimal: "." });
    assert.deepEqual(rows.slice(0, 7), Object.values(written));
  });

  test("missing is not zero, and text is counted", async () => {
    const missing = ["", "NA", "null", "NaN", " ", "-", "n/a"];
    const cells = [...missing, "oops", "0x10", "Infinity", "1_000", ...Array.from({ length: 50 }, () => "5")];
    const { rows, report } = await read(`t,a,b\n${cells.map((cell, row) => `${1704067200 + row},${cell},1\n`).join("")}`);
    const column = rows.filter((_, place) => place % 2 === 0);
    assert.ok(column.slice(0, 11).every(Number.isNaN) && column[11] === 5);
    assert.deepEqual([report.missingCells, report.unreadableCells], [missing.length, 4]);
  });
});

describe("tables", () => {
  const TEXT = [
    '\ufeffzeit;"tempe;rature";note',
    '2024-01-01 00:00:00;1,5;"a\r\nb"',
    "",
    '2024-01-01 00:01:00;;"say ""hi"""',
    '2024-01-01 00:02:00;"2,25";c',
  ].join("\r\n");

  test("as they are everywhere", async () => {
    const { table, times, rows, report } = await read(TEXT);
    assert.deepEqual([table.streams, rows], [["tempe;rature"], [1.5, NaN, 2.25]]);
    assert.deepEqual(times.map((t) => t - utc(2024, 0, 1)), [0, 60_000, 120_000]);
    assert.deepEqual([report.separator, report.decimal, report.textColumns, report.badRows], [";", ",", ["note"], 0]);
  });

  test("a quote in the middle of a cell is a letter", async () => {
    const notes = ['5" pipe', '"6"" pipe"', ' "a, b"', 'say "hi, you"'];
    const lines = notes.map((note, row) => `${1704067200 + row},${row + 1},${note}\n`);
    const { rows, report } = await read(`t,a,note\n${lines.join("")}`);
    assert.deepEqual([rows, report.badRows, report.badLines[0]?.line], [[1, 2, 3], 1, 5]);
  });

  test("in whatever they come, cut anywhere", async () => {
    const bytes = new TextEncoder().encode(TEXT);
    const expected = JSON.stringify(await read(TEXT).then(({ times, rows, report }) => [times, rows, report]));
    async function* cut(at) {
      yield bytes.slice(0, at);
      yield bytes.slice(at);
    }
    const streams = Array.from(bytes, (_, at) => cut(at));
    const sources = [bytes, bytes.buffer, new Blob([bytes]), new Response(bytes), new Blob([bytes]).stream(), ...streams];
    for (const source of sources) {
      const { times, rows, report } = await read(source);
      assert.equal(JSON.stringify([times, rows, report]), expected);
    }
    await assert.rejects(readCsv(5), { code: "csv.not-a-source" });
  });

  test("long ones give the same rows in batches of any size", async () => {
    const line = (row) => `${1704067200 + row - (row % 100 === 50 ? 1 : 0)},${row % 7},${row % 11 === 0 ? "" : row / 8}\n`;
    const text = `t,a,b\n${Array.from({ length: 20_000 }, (_, row) => line(row)).join("")}`;
    const whole = await read(text);
    assert.deepEqual([whole.report.rows, whole.report.merged], [19_800, 200]);
    for (const batchRows of [2, 3, 999]) {
      const { times, rows } = await read(text, { batchRows });
      assert.deepEqual(times, whole.times);
      assert.deepEqual(rows, whole.rows);
    }
  });

  test("bad lines are counted and the first are shown", async () => {
    const good = Array.from({ length: 40 }, (_, row) => `${1704067260 + row},1\n`).join("");
    const { report } = await read(`t,a\n1704067200,1\n1704067201,2,9\nlater,3\n${good}1704067100,5\n`);
    assert.deepEqual([report.rows, report.badRows, report.outOfOrder], [41, 2, 1]);
    assert.deepEqual(report.badLines, [
      { line: 3, why: "3 cells instead of 2", text: "1704067201,2,9" },
      { line: 4, why: "no time", text: "later,3" },
      { line: 45, why: "earlier than the row before", text: "1704067100,5" },
    ]);
  });

  test("streams are those that are asked for, in their order", async () => {
    const { table, rows, report } = await read("t,a,b,c\n1704067200,1,2,3\n", { streams: ["c", "x", "a"] });
    assert.deepEqual([table.streams, rows, report.absent], [["c", "x", "a"], [3, NaN, 1], ["x"]]);
    await assert.rejects(readCsv("t,a\n1704067200,1\n", { streams: ["x"] }), { code: "csv.no-streams" });
  });

  test("names are made distinct, and given where there are none", async () => {
    assert.deepEqual((await read("t,a,a,\n1704067200,1,2,3\n")).table.streams, ["a", "a (2)", "column 4"]);
    assert.deepEqual((await read("1\t2\n3\t4\n")).table.streams, ["column 1", "column 2"]);
  });

  const refused = { "": "csv.empty", "\n\n": "csv.empty", "a,b\n": "csv.no-rows", "a,b\nx,y\n": "csv.no-numbers", "PK\u0003\u0004": "csv.foreign",
    "<html>": "csv.foreign", "{}": "csv.foreign", "a\u0000b": "csv.foreign", "t,a\n3000,1\n": undefined,
    "t,a\n2024-01-03,1\n2024-01-02,1\n2024-01-01,1\n": "csv.newest-first" };
  for (const [text, code] of Object.entries(refused)) {
    test(`${JSON.stringify(text)} is ${code ?? "read"}`, async () => {
      const got = await readCsv(text).then(() => undefined, (error) => error);
      assert.deepEqual([got?.code, got?.name], code ? [code, "CsvError"] : [undefined, undefined]);
    });
  }

  test("stop early, and the source is told", async () => {
    let isCancelled = false;
    const endless = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("t,a\n")),
      pull: (controller) => controller.enqueue(new TextEncoder().encode("5,1\n".repeat(5000))),
      cancel: () => void (isCancelled = true),
    });
    const signal = AbortSignal.timeout(200);
    const reading = async () => {
      for await (const batch of await readCsv(endless, { signal })) assert.ok(batch.times.length > 0);
    };
    await assert.rejects(reading, { name: "TimeoutError" });
    assert.ok(isCancelled);
    await assert.rejects(readCsv("t,a\n1,1\n", { signal }), { name: "TimeoutError" });
  });

  test("a schema is guessed from the sample, and the rows come again", async () => {
    const line = (row) => `${1704067200 + 60 * row},${20 + row / 100},${row % 5 ? 0 : 1}\n`;
    const table = await readCsv(`t,room.temperature,room.door\n${Array.from({ length: 500 }, (_, row) => line(row)).join("")}`);
    const schema = await inferSchema(table.sample);
    assert.deepEqual(schema.streams.map(({ kind, cadence_ms, group }) => [kind, cadence_ms, group]),
      [["continuous_smooth", 60_000, undefined], ["discrete_events", 60_000, undefined]]);
    const engine = await Engine.create(schema);
    let frames = 0;
    for await (const { times, rows } of table) frames += engine.observeBatch(times, rows).length;
    assert.equal(frames, 500);
    await assert.rejects(async () => { for await (const batch of table) return batch; }, { code: "csv.read-already" });
  });
});
