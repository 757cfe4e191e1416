// A schema from a sample of the data.

import { inferSchema as infer } from "./glue.js";
import { guarded } from "./guard.js";
import { init } from "./instance.js";
import { rowsOf, timesOf } from "./numbers.js";

export async function inferSchema({ streams, times, rows }) {
  const names = Array.from(streams, String);
  const someTimes = timesOf(times);
  const someRows = rowsOf(rows, names, someTimes);
  await init();
  return guarded(() => infer(names, someTimes, someRows));
}
