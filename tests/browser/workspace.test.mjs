// The workspace: groups, gaps, health, false-alarm rate, replay, labels; and everything that can be taken away.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { browser, csv, episodes, judged, open, root, server, table, withBrowser } from './page.mjs';

withBrowser();

const sheet = (page, name) => page.locator(`[data-test=tab-${name}]`).click();
const count = (page) => page.locator('[data-test=episode]').count();

async function sample(name, options) {
  const opened = await open(browser, server.origin, options);
  await opened.page.locator(`[data-sample=${name}]`).click();
  return { ...opened, digest: await judged(opened.page, 30_000) };
}

/** Presses a button and gives the name and the bytes of the file that is saved. */
async function saved(page, test) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(`[data-test=${test}]`).click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

test('groups fold, silence is drawn, every stream has its health, and a table says what the lanes show', async () => {
  const { page, context, complaints } = await sample('lifelog');
  const height = () => page.locator('[data-test=plot]').evaluate((plot) => plot.clientHeight);
  const before = await height();
  const motion = page.locator('[data-test=group]').filter({ hasText: 'motion' });
  await motion.click();
  assert.equal(await motion.getAttribute('aria-expanded'), 'false');
  assert.ok(await height() < before - 5 * 40, 'five lanes are gone');
  assert.ok(await page.getByText('acceleration', { exact: true }).first().isHidden());
  await motion.focus();
  await page.keyboard.press('Enter');
  assert.equal(await height(), before);

  // Place is unknown at night: its rows of the raster are filled in some columns and not in others.
  const ink = await page.locator('[data-test=raster]').evaluate((canvas) => {
    // Above the thin line that every row has.
    const row = Math.round((6 + 5 * 5) * (canvas.height / canvas.clientHeight));
    const pixels = canvas.getContext('2d').getImageData(0, row, canvas.width, 1).data;
    const isFilled = (_, at) => pixels[4 * at + 3] > 250 && pixels[4 * at] < 180;
    const filled = Array.from({ length: canvas.width }, isFilled).filter(Boolean).length;
    return filled / canvas.width;
  });
  assert.ok(ink > 0.1 && ink < 0.9, `${ink} of the row is silent`);

  await sheet(page, 'streams');
  assert.equal(await page.locator('[data-test=health-row]').count(), 32);
  const heart = await page.locator('[data-test=health-row]').filter({ hasText: 'heart_rate4' }).or(
    page.locator('[data-test=health-row]').filter({ hasText: /^heart_rate\d/ })).first().textContent();
  assert.match(heart, /values, every 5 min.*%.*(its own past, and the clock|mean and spread).*off by .* bpm/s);

  await page.waitForTimeout(600);
  const rows = page.locator('[data-test=timeline-table] tbody tr');
  assert.equal(await rows.count(), 32);
  assert.match(await rows.first().textContent(), /acceleration.*m\/s².*%/);
  const scores = page.locator('[data-test=score-table] tbody tr');
  assert.equal(await scores.count(), 12);
  assert.match((await scores.allTextContents()).join(), /1 in [\d,]{9,}/, 'four sensors fall silent');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('another false-alarm rate changes the list at once, the verdicts never, and comes back', async () => {
  const { page, context, digest } = await sample('service');
  const before = await episodes(page);
  const slider = page.locator('[data-test=rate]');
  const settle = (value) => slider.fill(value).then(() => page.waitForTimeout(250));
  await settle('-5');
  const strict = await count(page);
  await settle('-2');
  const loose = await count(page);
  assert.ok(strict < before.length && before.length < loose, `${strict} < ${before.length} < ${loose}`);
  assert.match(await page.locator('.slider output').textContent(), /1 in 100$/);
  assert.equal(await judged(page), digest, 'nothing was judged again');
  // The preset's own rate, 0.0007, lies nearest to here.
  await settle('-3.2');
  assert.deepEqual(await episodes(page), before);
  assert.match(await page.locator('[data-test=agreement]').textContent(), /^\d of 4 stretches that “label” names .*noticed/);
  await page.locator('[data-test=worst-first]').uncheck();
  const times = (await episodes(page)).map(({ from }) => from);
  assert.deepEqual(times, [...times].sort((one, other) => one - other));
  await page.locator('[data-test=thorough]').check();
  await page.locator('[data-test=episode]').last().click();
  await page.locator('[data-test=depth]').filter({ hasText: 'The whole of it' }).waitFor();
  await context.close();
});

test('replay at a chosen pace: paused, gone on, and the same bits in the end', async () => {
  const { page, context, digest } = await sample('transactions');
  await page.locator('[data-test=replay]').click();
  const progress = page.locator('[data-test=progress]');
  await progress.filter({ hasText: /Judging: [1-9]/ }).waitFor();
  await page.locator('[data-test=pause]').click();
  await progress.filter({ hasText: 'paused' }).waitFor();
  await page.waitForTimeout(150);
  const stood = await progress.textContent();
  await page.waitForTimeout(300);
  assert.equal(await progress.textContent(), stood, 'a pause is a pause');
  await page.locator('[data-test=pace]').selectOption('');
  await page.locator('[data-test=pause]').click();
  assert.equal(await judged(page), digest);
  await context.close();
});

test('verdicts, picture and session are saved; the session opens here and in the npm package, and goes on', async () => {
  const { page, context, complaints, foreign } = await open(browser, server.origin);
  const { text } = table({ rows: 1500, spike: 1400 });
  const lines = text.split('\n');
  const choose = (file) => page.locator('input[type=file]').first().setInputFiles(file);
  await choose(csv('plant.csv', text));
  const whole = await judged(page);
  await sheet(page, 'save');
  const table1 = await saved(page, 'save-csv');
  assert.equal(table1.name, 'plant-verdicts.csv');
  const rows = table1.bytes.toString().trimEnd().split('\n');
  assert.equal(rows.length, 1501);
  assert.match(rows[0], /^time,score,oddness,confidence,alarm,severity,episode/);
  assert.match(rows[1401], /^2024-01-01T23:20:00\.000Z,0\.99.*,1,(low|medium|high|critical),\d+,0,stream_\d,/);
  const json = (await saved(page, 'save-json')).bytes.toString().trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.equal(json.length, 1500);
  assert.equal(json[1400].streams[0].stream, 'stream_1');
  assert.ok(json[1400].alarm && json[1400].score === Number(rows[1401].split(',')[1]));
  const picture = await saved(page, 'save-png');
  assert.equal(picture.bytes.subarray(1, 4).toString(), 'PNG');
  assert.ok(picture.bytes.length > 10_000);
  const all = await saved(page, 'save-session');

  const { Engine } = await import(pathToFileURL(join(root, 'dist/npm/dist/node.mjs')));
  const engine = await Engine.open(all.bytes);
  assert.deepEqual(engine.streams, ['stream_1', 'stream_2', 'stream_3', 'stream_4']);
  assert.deepEqual(Buffer.from(engine.seal()), all.bytes, 'the same bytes');

  // Half of the file, sealed, opened again, and the rest: as if it had never stopped.
  await page.locator('[data-test=home]').click();
  await choose(csv('plant.csv', lines.slice(0, 801).join('\n')));
  await judged(page);
  await sheet(page, 'save');
  const half = await saved(page, 'save-session');
  await page.locator('[data-test=home]').click();
  await choose({ name: half.name, mimeType: 'application/octet-stream', buffer: half.bytes });
  await page.locator('[data-test=resumed]').filter({ hasText: '800 moments of 4 streams' }).waitFor();
  await judged(page);
  await choose(csv('rest.csv', text));
  await judged(page);
  assert.match(await page.locator('[data-test=file]').textContent(), /700 rows/);
  await sheet(page, 'save');
  assert.deepEqual((await saved(page, 'save-session')).bytes, all.bytes);
  assert.ok(whole);
  assert.deepEqual(complaints, []);
  assert.deepEqual(foreign, []);
  await context.close();
});

test('an opened session draws what it remembers, explains it, and learns from what is said of it', async () => {
  const { page, context, complaints } = await open(browser, server.origin);
  const { text, at } = table({ rows: 1500, spike: 1400 });
  const choose = (file) => page.locator('input[type=file]').first().setInputFiles(file);
  await choose(csv('plant.csv', text));
  await judged(page);
  const before = await episodes(page);
  await sheet(page, 'save');
  const { bytes, name } = await saved(page, 'save-session');
  await page.locator('[data-test=home]').click();
  await choose({ name, mimeType: 'application/octet-stream', buffer: bytes });
  await page.locator('[data-test=resumed]').filter({ hasText: '1,500 are drawn here' }).waitFor();
  await judged(page);
  assert.deepEqual(await episodes(page), before, 'the same moments, in the same words');
  // The spike is drawn.
  await page.locator('[data-test=timeline-table] tbody tr').filter({ hasText: /^stream_1\d+\.?\d* +78/ }).waitFor({ state: 'attached' });
  assert.match((await page.locator('[data-test=score-table] tbody').textContent()), /1 in \d{3}/);
  // What could not be told again is not offered.
  assert.equal(await page.locator('[data-test=rate]').count(), 0);
  assert.ok(await page.locator('[data-test=replay]').isDisabled());
  await sheet(page, 'file');
  assert.equal(await page.locator('[data-test=columns]').count(), 0);
  await sheet(page, 'save');
  assert.equal(await page.locator('[data-test=save-csv]').count(), 0);

  const label = async () => {
    await sheet(page, 'save');
    const { Engine } = await import(pathToFileURL(join(root, 'dist/npm/dist/node.mjs')));
    const session = (await saved(page, 'save-session')).bytes;
    return { session, label: Engine.open(session).then((engine) => engine.episodes().find(({ opened }) => opened === at(1400))?.label) };
  };
  await sheet(page, 'findings');
  await page.locator(`[data-test=episode][data-opened="${at(1400)}"]`).click();
  assert.match(await page.locator('[data-test=headline]').textContent(), /stream_1 rose to/);
  await page.locator('[data-test=expected]').click();
  await page.locator('[data-test=lesson]').filter({ hasText: 'Learned: this is fine.' }).waitFor();
  assert.deepEqual((await episodes(page)).map(({ from }) => from), before.map(({ from }) => from));
  assert.equal(await (await label()).label, 'expected', 'the engine has learned it');
  await page.waitForTimeout(300);
  await page.reload();
  await page.locator('[data-test=resumed]').waitFor();
  await judged(page);
  assert.equal(await (await label()).label, 'expected', 'over a reload, too');
  await sheet(page, 'findings');
  await page.locator(`[data-test=episode][data-opened="${at(1400)}"]`).click();
  await page.locator('[data-test=undo]').click();
  await page.locator('[data-test=lesson]').filter({ hasText: 'Taken back.' }).waitFor();
  assert.deepEqual((await label()).session, bytes, 'to the byte');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('what was said before a session was saved is changed and taken back after it was opened', async () => {
  const { page, context, complaints } = await open(browser, server.origin);
  const { text, at } = table({ rows: 1500, spike: 1400 });
  const choose = (file) => page.locator('input[type=file]').first().setInputFiles(file);
  const select = async () => {
    await sheet(page, 'findings');
    const found = page.locator(`[data-test=episode][data-opened="${at(1400)}"]`);
    if (await found.getAttribute('aria-expanded') !== 'true') await found.click();
  };
  const pressed = (test) => page.locator(`[data-test=${test}][aria-pressed=true]`).waitFor();
  const lesson = (text) => page.locator('[data-test=lesson]').filter({ hasText: text }).waitFor();
  const { Engine } = await import(pathToFileURL(join(root, 'dist/npm/dist/node.mjs')));
  const keep = async () => {
    await sheet(page, 'save');
    const { bytes } = await saved(page, 'save-session');
    const engine = await Engine.open(bytes);
    return { bytes, engine, label: engine.episodes().find(({ opened }) => opened === at(1400))?.label };
  };
  await choose(csv('plant.csv', text));
  await judged(page);
  await select();
  await page.locator('[data-test=expected]').click();
  await lesson('Learned: this is fine.');
  const first = await keep();
  assert.equal(first.label, 'expected');

  await page.locator('[data-test=home]').click();
  await choose({ name: 'plant.fourfold', mimeType: 'application/octet-stream', buffer: first.bytes });
  await page.locator('[data-test=resumed]').filter({ hasText: 'what was called so before can be changed' }).waitFor();
  await judged(page);
  await select();
  await pressed('expected');
  await page.locator('[data-test=real]').click();
  await lesson('Learned: this is real.');
  assert.equal((await keep()).label, 'real');
  await select();
  await page.locator('[data-test=undo]').click();
  await lesson('Taken back.');
  await pressed('expected');
  assert.deepEqual((await keep()).bytes, first.bytes, 'to the byte');
  await select();
  await page.locator('[data-test=undo]').click();
  await page.locator('[data-test=expected][aria-pressed=false]').waitFor();
  assert.ok(await page.locator('[data-test=undo]').isDisabled(), 'nothing is left to take back');
  first.engine.undo();
  const last = await keep();
  assert.deepEqual([last.bytes, last.label], [Buffer.from(first.engine.seal()), first.engine.episodes().find(({ opened }) => opened === at(1400))?.label]);
  await page.waitForTimeout(300);
  await page.reload();
  await page.locator('[data-test=resumed]').waitFor();
  await judged(page);
  assert.deepEqual((await keep()).bytes, last.bytes, 'over a reload, too');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a damaged session and one of other streams end in sentences; a link carries settings and no data', async () => {
  const { page, context } = await open(browser, server.origin);
  const choose = (file) => page.locator('input[type=file]').first().setInputFiles(file);
  const session = (bytes) => ({ name: 'x.fourfold', mimeType: 'application/octet-stream', buffer: bytes });
  await choose(csv('plant.csv', table({ rows: 300 }).text));
  const digest = await judged(page);
  await sheet(page, 'save');
  const { bytes } = await saved(page, 'save-session');
  const damaged = Buffer.from(bytes);
  damaged[damaged.length - 5] ^= 1;
  await choose(session(damaged));
  await page.locator('[data-test=fault]').filter({ hasText: 'damaged' }).waitFor();
  await choose(session(bytes));
  await page.locator('[data-test=resumed]').waitFor();
  await judged(page);
  await choose(csv('other.csv', 'time,a\n2024-02-01,1\n2024-02-02,2\n'));
  await page.locator('[data-test=fault]').filter({ hasText: 'watches “stream_1”' }).waitFor();

  await page.locator('[data-test=home]').click();
  await choose(csv('secret-name.csv', table({ rows: 300 }).text));
  await judged(page);
  await sheet(page, 'file');
  await page.locator('[data-test="role-stream_2"]').selectOption('Ignore');
  await page.locator('[data-test=file]').filter({ hasText: '3 streams' }).waitFor();
  const ignored = await judged(page);
  assert.notEqual(ignored, digest);
  await sheet(page, 'save');
  const link = await page.locator('[data-test=share]').inputValue();
  assert.ok(link.startsWith(server.origin) && !link.includes('secret'), link);
  assert.ok(link.indexOf('#') < link.indexOf('stream_2'), 'what it says stays in the browser');
  const fresh = await context.newPage();
  await fresh.goto(link);
  await fresh.locator('input[type=file]').first().setInputFiles(csv('theirs.csv', table({ rows: 300 }).text));
  assert.equal(await judged(fresh), ignored);
  await context.close();
});
