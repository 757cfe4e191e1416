// Serves the app and the API until it is told to stop: node xtask/serve.mjs PORT STATE_FOLDER

import { fileURLToPath } from "node:url";
import { startWorkerd } from "../tests/workerd.mjs";

const [port, persist] = process.argv.slice(2);
const assets = fileURLToPath(new URL("../dist/web", import.meta.url));

const server = await startWorkerd({ port: Number(port), persist, assets, quiet: false });
console.log(`\n  http://localhost:${port}   the app; the API is described at /openapi.json\n  Ctrl-C stops it; what it knows stays in ${persist}\n`);

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, async () => {
    if (stopping) return;
    stopping = true;
    // workerd may already be gone: Ctrl-C in a terminal reaches it too.
    await server.stop().catch(() => {});
    process.exit(0);
  });
}
