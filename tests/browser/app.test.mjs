// The page as a person uses it, in a real browser.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { devices } from 'playwright-core';
import { artefacts, browser, csv, episodes, judged, open, root, server, table, withBrowser } from './page.mjs';

withBrowser();

const shot = (page, name) => page.screenshot({ path: join(artefacts, `${name}.png`) });
const file = csv;

const SAMPLES = ['service', 'iot', 'transactions', 'network', 'lifelog'];

/** What a shipped sample says of itself: its rows, and the stretches that are labelled. */
function shipped(name) {
  const text = gunzipSync(readFileSync(join(root, `www/samples/${name}.csv.gz`))).toString();
  const rows = text.trimEnd().split('\n').slice(1).map((line) => line.split(','));
  const events = [];
  rows.forEach((row, place) => {
    if (row.at(-1) !== '1') return;
    if (rows[place - 1]?.at(-1) !== '1') events.push({ from: Date.parse(row[0]) });
    events.at(-1).to = Date.parse(row[0]);
  });
  return { text, events };
}

test('every sample at one click shows most of what was planted, with the bits of the native engine', async (t) => {
  const { page, context, foreign, complaints } = await open(browser, server.origin, { colorScheme: 'light' });
  let [planted, hit] = [0, 0];
  for (const name of SAMPLES) {
    await page.locator(`[data-sample=${name}]`).click();
    const digest = await judged(page, 30_000);
    const found = await episodes(page);
    const { text, events } = shipped(name);
    const plain = join(artefacts, `${name}.csv`);
    writeFileSync(plain, text);
    const native = JSON.parse(execFileSync('cargo',
      ['run', '--quiet', '--package', 'fourfold-web', '--example', 'verdicts', plain], { cwd: root, encoding: 'utf8' }));
    assert.equal(digest, native.digest, name);
    const spans = (all, from, to) => all.map((one) => [one[from], one[to]]).sort();
    assert.deepEqual(spans(found, 'from', 'to'), spans(native.episodes, 'opened', 'last'), name);
    // An alarm may come a little late, not early.
    const noticed = events.filter((event) => found.some(({ from, to }) => from <= event.to + 1_800_000 && to >= event.from));
    t.diagnostic(`${name}: ${noticed.length} of ${events.length} planted events noticed, ${found.length} moments in all`);
    planted += events.length;
    hit += noticed.length;
    await page.locator('[data-test=home]').click();
  }
  assert.ok(hit >= planted * 0.75, `${hit} of ${planted}`);
  assert.deepEqual(foreign, []);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a dropped file with one spike is marked there and nowhere near elsewhere', async () => {
  const { page, context, complaints } = await open(browser, server.origin);
  const { text, at } = table({ rows: 3000, spike: 2000 });
  const transfer = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'dropped.csv', { type: 'text/csv' }));
    return transfer;
  }, text);
  await page.dispatchEvent('main', 'dragover', { dataTransfer: transfer });
  await page.getByText('Drop to open').waitFor();
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
  await judged(page);
  assert.match(await page.locator('[data-test=file]').textContent(), /dropped\.csv.*3,000 rows, 4 streams/);
  const found = await episodes(page);
  const marked = found.find(({ from, to }) => from <= at(2000) && to >= at(2000));
  assert.ok(marked, JSON.stringify(found));
  assert.match(marked.text, /stream_1 rose to/);
  // One normal row in a thousand may raise an alarm, and slow waves that beat against each other raise some more.
  assert.ok(found.length <= 9, `${found.length} marks for one spike in 3,000 rows`);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('zoom by wheel, drag and keys; the cursor reads all lanes', async () => {
  const { page, context } = await open(browser, server.origin);
  await page.locator('input[type=file]').setInputFiles(file('waves.csv', table({ rows: 2000 }).text));
  await judged(page);
  const reset = page.locator('[data-test=reset]');
  const plot = page.locator('[data-test=plot]');
  const box = await plot.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 40);
  assert.match(await page.locator('[data-test=readout]').textContent(), /confidence \d+ %/);
  assert.match(await page.locator('.lane-name em').first().textContent(), /^\d/);
  await page.mouse.wheel(0, -300);
  assert.ok(await reset.isEnabled(), 'the wheel zooms');
  await plot.dblclick({ position: { x: 50, y: 20 } });
  assert.ok(await reset.isDisabled(), 'a double click shows everything');
  await page.mouse.move(box.x + 100, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + 300, box.y + 60, { steps: 4 });
  await page.mouse.up();
  assert.ok(await reset.isEnabled(), 'a drag zooms');
  await plot.press('0');
  assert.ok(await reset.isDisabled());
  await plot.press('+');
  assert.ok(await reset.isEnabled());
  await context.close();
});

test('a pasted table is taken; lines that can not be read are counted', async () => {
  const { page, context } = await open(browser, server.origin);
  const lines = table({ rows: 300 }).text.split('\n');
  lines[100] = 'what is this';
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData('text', text);
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
  }, lines.join('\n'));
  await judged(page);
  await page.locator('[data-test=tab-file]').click();
  const note = await page.locator('[data-test=note]').textContent();
  assert.match(note, /299 rows/);
  assert.match(note, /1 line unreadable and left out, the first at line 101/);
  await context.close();
});

test('a bad file gives a sentence and a way out', async () => {
  const { page, context } = await open(browser, server.origin);
  const input = page.locator('input[type=file]').first();
  for (const [content, expected] of [
    ['', /empty/],
    ['PK\u0003\u0004rubbish', /Save it as CSV/],
    ['name,colour\nsky,blue\ngrass,green\n', /No column holds numbers/],
    ['time,a\n', /no row/],
  ]) {
    await input.setInputFiles(file('bad.csv', content));
    await page.locator('[data-test=fault]').filter({ hasText: expected }).waitFor();
  }
  await page.locator('[data-sample=transactions]').click();
  await judged(page);
  assert.equal(await page.locator('[data-test=fault]').count(), 0);
  await context.close();
});

test('a big file: progress with an estimate, and cancel', async () => {
  const { page, context, complaints } = await open(browser, server.origin);
  // A million values. From the disk, as a person opens it.
  const big = join(artefacts, 'big.csv');
  writeFileSync(big, table({ rows: 31_250, streams: 32 }).text);
  await page.locator('input[type=file]').setInputFiles(big);
  await page.locator('[data-test=progress]').filter({ hasText: /Judging: [\d,]+ of 31,250 rows, about \d+ s left/ }).waitFor();
  await page.locator('[data-test=cancel]').click();
  await page.locator('[data-test=cancelled]').waitFor();
  await page.waitForTimeout(300);
  assert.equal(await page.locator('[data-test=workspace]').getAttribute('data-digest'), '', 'it went on');
  // One column of very many rows takes long: that they can be gathered is said where one waits.
  assert.equal(await page.locator('[data-test=gather]').count(), 0);
  await page.locator('input[type=file]').first().setInputFiles(file('column.txt', '5\n7\n6\n'.repeat(100_001)));
  await page.locator('[data-test=gather]').filter({ hasText: 'under “File”' }).waitFor();
  await page.locator('[data-test=cancel]').click();
  await page.locator('[data-test=cancelled]').waitFor();
  await page.locator('[data-test=home]').click();
  await page.locator('[data-sample=transactions]').click();
  await judged(page);
  assert.deepEqual(complaints, []);
  await context.close();
});

for (const scheme of ['light', 'dark']) {
  for (const [name, options] of [
    ['desktop', { viewport: { width: 1280, height: 800 } }],
    ['phone', { ...devices['Pixel 7'], viewport: { width: 360, height: 760 } }],
  ]) {
    test(`${name}, ${scheme}: nothing is wider than the screen`, async () => {
      const { page, context, complaints } = await open(browser, server.origin, { ...options, colorScheme: scheme });
      await shot(page, `${name}-${scheme}-start`);
      const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
      assert.ok(await fits(), 'first screen');
      const sample = page.locator('[data-sample=service]');
      await (options.hasTouch ? sample.tap() : sample.click());
      await judged(page);
      await page.waitForTimeout(200);
      assert.ok(await fits(), 'result');
      await shot(page, `${name}-${scheme}-result`);
      await page.screenshot({ path: join(artefacts, `${name}-${scheme}-whole.png`), fullPage: true });
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const before = await ground();
      await page.getByRole('button', { name: /Use (dark|light) colours/ }).click();
      assert.notEqual(await ground(), before);
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
}

test('a file is opened although the screen went away behind the dialog in which it was chosen', async () => {
  const { page, context, complaints } = await open(browser, server.origin);
  const dialog = page.waitForEvent('filechooser');
  await page.locator('[data-test=open]').click();
  const chooser = await dialog;
  await page.locator('[data-test=sample]').first().click();
  await judged(page);
  await chooser.setFiles(csv('chosen.csv', table({ rows: 300 }).text));
  await page.locator('.bar').filter({ hasText: 'chosen.csv' }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});
