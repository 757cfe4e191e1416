#!/usr/bin/env node
// The command: numbers in, verdicts out.

import { evaluate } from "./evaluate.mjs";
import { watch } from "./watch.mjs";

const USAGE = `usage: fourfold COMMAND [OPTION ..]

fourfold watch [FILE]      one verdict per line, as JSON, for a table of text (- or none: standard input)
  --ndjson                 lines of JSON: {"t": .., "values": {..}}, or {"stream": .., "t": .., "value": ..}
  --preset NAME            a shipped schema: iot, lifelog, network, service, transactions
  --schema FILE            a schema of your own, as JSON
  --zone ZONE              where the table's clocks are: UTC, +02:00, Europe/Berlin
  --time-order ORDER       how its dates are written: ymd, dmy, mdy
  --alarms-only            only the verdicts that raise an alarm
  --score-only             only time and score
  --explain                why, with every verdict that raises an alarm
  --state FILE             go on with what was learned, and keep it there

fourfold evaluate --nab DIR    the score on the Numenta Anomaly Benchmark, a folder with data and labels

Times are milliseconds since 1970 or ISO 8601. Faults go to standard error, with exit code 1.`;

const COMMANDS = { watch, evaluate };
const [name, ...rest] = process.argv.slice(2);
// A reader that has seen enough closes the pipe; that is no fault.
process.stdout.on("error", (error) => process.exit(error.code === "EPIPE" ? 0 : 1));

const isAsked = name === "help" || [name, ...rest].some((word) => word === "--help" || word === "-h");
if (isAsked || COMMANDS[name] === undefined) {
  console[isAsked ? "log" : "error"](USAGE);
  process.exitCode = isAsked ? 0 : 2;
} else {
  try {
    await COMMANDS[name](rest);
  } catch (error) {
    console.error(`fourfold ${name}: ${error.message}`);
    process.exitCode = 1;
  }
}
