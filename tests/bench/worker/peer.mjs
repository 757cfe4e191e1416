// Starts the Python service, in an environment of its own that is made once.

import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const venv = join(here, '../../../.fourfold/peer');

function python() {
  const wanted = join(here, 'requirements.txt');
  const installed = join(venv, 'requirements.txt');
  const program = join(venv, 'bin/python');
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== readFileSync(wanted, 'utf8')) {
    console.error('installing FastAPI and River (once) ...');
    mkdirSync(dirname(venv), { recursive: true });
    execFileSync('python3', ['-m', 'venv', venv]);
    execFileSync(program, ['-m', 'pip', 'install', '--quiet', '--requirement', wanted], { stdio: 'inherit' });
    copyFileSync(wanted, installed);
  }
  return program;
}

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
  const child = spawn(python(), [join(here, 'peer.py'), String(port), join(dir, 'peer.sqlite')], { stdio: ['ignore', 'inherit', 'inherit'] });
  const origin = `http://127.0.0.1:${port}`;
  for (let turn = 0; ; turn++) {
    const isThere = await fetch(`${origin}/docs`, { signal: AbortSignal.timeout(1000) }).then(({ ok }) => ok, () => false);
    if (isThere) break;
    if (turn > 100 || child.exitCode !== null) throw new Error('the Python service does not start');
    await sleep(200);
  }
  return { origin, pid: child.pid, stop: () => child.kill('SIGKILL') };
}
