// Prints the milliseconds from the import of the package to its first verdict, in a process that has done nothing else.

const began = performance.now();
const { Engine, presets } = await import("../../../dist/npm/dist/node.mjs");
const engine = await Engine.create(presets.lifelog);
engine.observe({ t: 0, values: { heart_rate: 60 } });
console.log(performance.now() - began);
