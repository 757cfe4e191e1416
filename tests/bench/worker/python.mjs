// Python environments with what a list asks for, each made once.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** The folder of the programs of the environment `name`, which has what `list` names. */
export function programs(name, list) {
  const venv = join(here, '../../../.fourfold', name);
  const wanted = join(here, list);
  const installed = join(venv, 'requirements.txt');
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== readFileSync(wanted, 'utf8')) {
    console.error(`installing ${readFileSync(wanted, 'utf8').trim().split('\n').join(', ')} (once) ...`);
    mkdirSync(dirname(venv), { recursive: true });
    execFileSync('python3', ['-m', 'venv', venv]);
    execFileSync(join(venv, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--requirement', wanted], { stdio: 'inherit' });
    copyFileSync(wanted, installed);
  }
  return join(venv, 'bin');
}
