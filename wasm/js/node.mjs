// `import` in Node: the very objects that `require` gives.

import fourfold from "./node.cjs";

export const { CsvError, Engine, FourfoldError, History, createWorkerEngine, inferSchema, init, presets, readCsv } = fourfold;
