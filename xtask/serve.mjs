// Serves the app and the API until it is told to stop: node xtask/serve.mjs PORT STATE_FOLDER

import { fileURLToPath } from "node:url";
import { startWorkerd } from "../tests/workerd.mjs";

const [port, persist] = process.argv.slice(2);
const assets = fileURLToPath(new URL("../dist/web", import.meta.url));

const server = await startWorkerd({ port: Number(port), persist, assets, quiet: false });
console.log(`\n  http://localhost:${port}   the app; the API is described at /openapi.json\n  Ctrl-C stops it; what it knows stays in ${persist}\n`);

let isStopping = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  // Miniflare's own listener would leave at once with an error; ours lets workerd close its files first.
  process.removeAllListeners(signal);
  process.on(signal, async () => {
    if (isStopping) return;
    isStopping = true;
    // In a terminal Ctrl-C reaches workerd too, and then there is nothing left to stop.
    await server.stop().catch(() => {});
    console.log("  stopped");
    process.exit(0);
  });
}
