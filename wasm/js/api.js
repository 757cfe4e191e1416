// What every entry gives.

export { CsvError, readCsv } from "./csv/read.js";
export { Engine } from "./engine.js";
export { FourfoldError } from "./error.js";
export { History } from "./history.js";
export { inferSchema } from "./infer.js";
export { init } from "./instance.js";
export * as presets from "./presets.js";
export { createWorkerEngine } from "./remote.js";
