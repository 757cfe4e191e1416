// The thread of an engine in a browser. The WebAssembly comes with the first message.

import { serve } from "./serve.js";

serve(
  (message, transfer) => postMessage(message, transfer),
  (told) => addEventListener("message", ({ data }) => told(data)),
);
