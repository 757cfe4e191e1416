// A table through the package, in Node and in a page alike: what a program does that watches a file in another thread.

/** Cancels in a batch so long that it can not be over before. */
const LONG_ROWS = 200_000;

export async function judge(fourfold, source, worker) {
  const { createWorkerEngine, readCsv } = fourfold;
  const began = performance.now();
  const table = await readCsv(source);
  const engine = await createWorkerEngine({ streams: table.streams }, worker && { worker });
  let firstMs;
  let alarms = 0;
  // One batch is judged while the next is read.
  let judged = Promise.resolve();
  const judgedBatch = async (times, rows) => {
    const { alarm } = await engine.observeBatch(times, rows, { transfer: true });
    firstMs ??= performance.now() - began;
    alarms += alarm.reduce((sum, one) => sum + one, 0);
  };
  for await (const { times, rows } of table) {
    await judged;
    judged = judgedBatch(times, rows);
  }
  await judged;
  const seconds = (performance.now() - began) / 1000;
  const { rows, bytes } = table.report;
  const cancelMs = await cancelled(engine, table.streams.length);
  const { total } = await engine.memory();
  engine.free();
  return { rows, bytes, alarms, seconds, firstMs, cancelMs, engineBytes: total };
}

async function cancelled(engine, width) {
  const stop = new AbortController();
  const later = 1e15;
  const times = Float64Array.from({ length: LONG_ROWS }, (_, row) => later + row * 60_000);
  const asked = engine.observeBatch(times, new Float64Array(LONG_ROWS * width), { signal: stop.signal });
  await new Promise((go) => setTimeout(go, 300));
  const began = performance.now();
  stop.abort();
  await asked.catch(() => {});
  return performance.now() - began;
}
