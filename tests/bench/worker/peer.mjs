// Starts the Python service, in an environment of its own that is made once.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { programs } from './python.mjs';

const here = dirname(fileURLToPath(import.meta.url));

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** The service with a database in `dir`; `stop` ends it. */
export async function startPeer(dir) {
  const port = await freePort();
  const python = join(programs('peer', 'requirements.txt'), 'python');
  const child = spawn(python, [join(here, 'peer.py'), String(port), join(dir, 'peer.sqlite')], { stdio: ['ignore', 'inherit', 'inherit'] });
  const origin = `http://127.0.0.1:${port}`;
  for (let turn = 0; ; turn++) {
    const isThere = await fetch(`${origin}/docs`, { signal: AbortSignal.timeout(1000) }).then(({ ok }) => ok, () => false);
    if (isThere) break;
    if (turn > 100 || child.exitCode !== null) throw new Error('the Python service does not start');
    await sleep(200);
  }
  return { origin, pid: child.pid, stop: () => child.kill('SIGKILL') };
}
