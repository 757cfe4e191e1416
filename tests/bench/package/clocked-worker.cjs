// The package's worker in Node, with an eye on how large its memory gets.

const { parentPort, workerData } = require("node:worker_threads");

const { Instance } = WebAssembly;
WebAssembly.Instance = function (...given) {
  const instance = new Instance(...given);
  parentPort.on("message", () => (workerData.bytes[0] = instance.exports.memory.buffer.byteLength));
  return instance;
};
WebAssembly.Instance.prototype = Instance.prototype;
require("../../../dist/npm/dist/worker.cjs");
