// The thread of an engine in Node, Deno and Bun. The WebAssembly comes with the first message.

import { parentPort } from "node:worker_threads";
import { serve } from "./serve.js";

serve(
  (message, transfer) => parentPort.postMessage(message, transfer),
  (told) => parentPort.on("message", told),
);
