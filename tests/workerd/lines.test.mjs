// Lines without an end: judged as they come, answered while more are on their way, and never held whole.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { test } from 'node:test';

import { folder, frames, schema, start, until } from './local.mjs';

const NDJSON = 'application/x-ndjson';
const line = (row) => `${JSON.stringify(row)}\n`;

/** A request whose body goes on: what is written to it, and what it was answered so far, line by line. */
function open(api, id, headers = {}) {
  const shown = { ...api.shown, 'content-type': NDJSON, ...headers };
  const asked = request(`${api.origin}/v1/systems/${id}/frames?partial=true`, { method: 'POST', headers: shown, agent: false });
  asked.on('error', () => undefined);
  asked.flushHeaders();
  const heard = { text: '', isOver: false };
  const answered = once(asked, 'response').then(([answer]) => {
    answer.on('data', (piece) => (heard.text += piece)).on('end', () => (heard.isOver = true));
    return answer;
  });
  const answers = () => heard.text.split('\n').slice(0, -1).map((text) => JSON.parse(text));
  const all = async () => {
    asked.end();
    await until(() => heard, ({ isOver }) => isOver, 60_000);
    return answers();
  };
  return { asked, answered, answers, all };
}

test('a line is answered before the next one is sent', async (t) => {
  const api = await start(t, folder(t));
  for (const id of ['a', 'calm']) await api.create(id, schema(3));
  const rows = frames(3, 0, 60);
  const expected = await api.send('calm', rows);
  const { asked, answered, answers, all } = open(api, 'a');
  for (const [place, row] of rows.slice(0, 20).entries()) {
    // Half a line is none yet.
    asked.write(line(row).slice(0, 9));
    asked.write(line(row).slice(9));
    await until(answers, ({ length }) => length === place + 1);
    assert.equal((await api.describe('a')).frames, place + 1);
  }
  const answer = await answered;
  assert.deepEqual([answer.statusCode, answer.headers['content-type'], answer.headers['x-accel-buffering']], [200, NDJSON, 'no']);
  asked.write(`\n\nodd\n${line(rows[20])}{"t":1,"values":{"no":1}}\n`);
  await until(answers, ({ length }) => length === 23);
  const [odd, , unknown] = answers().slice(20);
  assert.deepEqual([odd.problem.code, unknown.problem.code], ['body.malformed', 'frame.unknown-stream']);
  assert.match(odd.problem.detail, /^line 23: /, 'lines are counted from the first one');
  // The last line needs no end.
  asked.write(rows.slice(21).map(line).join('').trimEnd());
  assert.deepEqual((await all()).filter(({ verdict }) => verdict).map(({ verdict }) => verdict), expected);
});

test('more than a request may have goes through, and is not held', async (t) => {
  const api = await start(t, folder(t));
  await api.create('a', schema(1));
  const [COUNT, BLANKS] = [1280, ' '.repeat(64 << 10)];
  const memory = () => Number(readFileSync(`/proc/${api.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;
  const { asked, all } = open(api, 'a');
  let before;
  for (const [place, row] of frames(1, 0, COUNT).entries()) {
    if (!asked.write(`${BLANKS}${line(row)}`)) await once(asked, 'drain');
    if (place === 160) before = memory();
  }
  const answers = await all();
  assert.equal(answers.filter(({ verdict }) => verdict).length, COUNT);
  assert.equal((await api.describe('a')).frames, COUNT);
  // Eighty megabytes went through; a body may have eight, and what is held is there twice.
  assert.ok(memory() - before < 60, `${before} MB became ${memory()} MB`);
});

test('a wide system takes lines in smaller pieces', async (t) => {
  const api = await start(t, folder(t));
  await api.create('wide', schema(2000));
  const { asked, all } = open(api, 'wide');
  asked.write(Array.from({ length: 130 }, (_, minute) => line({ t: 1_700_000_000_000 + minute * 60_000, values: { s0: minute } })).join(''));
  const answers = await all();
  assert.deepEqual(answers.map(({ verdict }) => verdict?.t), Array.from({ length: 130 }, (_, minute) => 1_700_000_000_000 + minute * 60_000));
});

test('what is wrong with all of them has a status, and what goes wrong later a line', async (t) => {
  const api = await start(t, folder(t));
  const nobody = open(api, 'nobody');
  nobody.asked.end(line(frames(1, 0, 1)[0]));
  const refused = await nobody.answered;
  assert.deepEqual([refused.statusCode, refused.headers['content-type']], [404, 'application/problem+json']);

  await api.create('a', schema(1));
  const made = await api.must('POST', '/v1/keys', { name: 'a test', scopes: ['write'], limit: { per_s: 4, burst: 4 } });
  const { asked, answers, all } = open(api, 'a', { authorization: `Bearer ${made.key}` });
  const began = performance.now();
  for (let minute = 0; minute < 10; minute++) {
    asked.write(line(frames(1, minute, 1)[0]));
    await until(answers, ({ length }) => length === minute + 1);
  }
  assert.ok(performance.now() - began > 900, 'every piece takes a request out of the bucket, and waits for it');
  assert.equal((await api.call('DELETE', '/v1/systems/a')).status, 204);
  asked.write(line(frames(1, 10, 1)[0]));
  await until(answers, ({ length }) => length === 11);
  assert.equal((await all()).at(-1).problem.code, 'system.unknown');
  // Without `partial` all of them are taken or none: such a body has an end.
  await api.create('b', schema(1));
  const whole = await api.call('POST', '/v1/systems/b/frames', frames(1, 0, 3).map(line).join('') + 'odd\n', { 'content-type': NDJSON });
  assert.deepEqual([whole.status, (await api.describe('b')).frames], [400, 0]);
});
