// A stranger who has read our document and nothing else: Schemathesis makes requests of it, right and wrong ones, and
// compares what comes back with what is promised.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ADMIN, frames } from '../../workerd/local.mjs';
import { programs } from './python.mjs';

/**
 * What is held against us: faults of the server, statuses, media and shapes that are not in the document, wrong data that
 * is taken, methods that are not there. Not that right data is refused: no shape knows which streams a system has.
 */
const CHECKS = ['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_schema_conformance', 'response_headers_conformance', 'negative_data_rejection', 'unsupported_method', 'ignored_auth'];

/** Lets it ask for so many seconds; how often it asked, and what it found. */
export async function strange(api, dir, seconds, seed) {
  await api.create('boiler-7', { streams: ['flow', 'temperature'] });
  const rows = frames(2, 0, 700).map(({ t, values }) => ({ t: t - 1e10, values: { flow: values.s0, temperature: values.s1 } }));
  await api.send('boiler-7', rows);
  const report = join(dir, 'stranger.json');
  const told = [
    ['--header', `Authorization: Bearer ${ADMIN}`],
    // What never ends is for other tests.
    ['--exclude-path-regex', '/(live|events)$'],
    ['--phases', 'examples,coverage,fuzzing'],
    ['--checks', CHECKS.join(',')],
    ['--max-time', String(seconds)],
    ['--seed', String(seed)],
    ['--generation-database', 'none'],
    ['--report-json-path', report],
  ];
  const flags = ['--continue-on-failure', '--no-shrink', '--no-color', '--warnings=off'];
  const program = join(programs('stranger', 'requirements-stranger.txt'), 'schemathesis');
  const child = spawn(program, ['run', `${api.origin}/openapi.json`, ...told.flat(), ...flags], { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (piece) => (said += piece));
  await once(child, 'exit');
  const { test_cases, failures } = JSON.parse(readFileSync(report, 'utf8'));
  return { asked: test_cases.generated, found: failures.reduce((sum, { count }) => sum + count, 0), said };
}
