// The app without a network, over reloads, in a newer version, and forgotten.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { serveFiles } from '../files.mjs';
import { PHONE, feedSensors, launchWithSensors } from './device.mjs';
import { browser, judged, open, root, server, table, withBrowser } from './page.mjs';

withBrowser(launchWithSensors);

const file = { name: 'kept.csv', mimeType: 'text/csv', buffer: Buffer.from(table({ rows: 500, spike: 400 }).text) };
const isKept = (page) => page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated');
const seconds = (page) => page.locator('[data-test=live-kept]').textContent().then((text) => parseInt(text));
const watched = (page, least) => page.waitForFunction((least) =>
  parseInt(document.querySelector('[data-test=live-kept]')?.textContent) >= least, least);

test('after the first visit it works without a network, and an opened file is there after a reload', async () => {
  const { page, context, complaints } = await open(browser, server.origin);
  await isKept(page);
  await context.setOffline(true);
  await page.reload();
  await page.locator('input[type=file]').first().setInputFiles(file);
  const digest = await judged(page);
  await page.waitForFunction(() => localStorage.getItem('file') === 'kept');
  await page.reload();
  assert.equal(await judged(page), digest, 'the same file has the same verdicts');
  assert.match(await page.locator('[data-test=file]').textContent(), /kept\.csv/);
  await page.locator('[data-test=home]').click();
  await page.locator('[data-test=sample]').first().click();
  await page.locator('[data-test=file]').filter({ hasText: 'sample' }).waitFor();
  await judged(page);
  assert.deepEqual(complaints, []);

  await page.locator('[data-test=forget]').click();
  await page.locator('[data-test=forget-yes]').click();
  await page.locator('[data-test=live]').waitFor();
  const left = await page.evaluate(async () => ({
    stores: (await indexedDB.databases()).map(({ name }) => name), settings: localStorage.length }));
  assert.deepEqual(left, { stores: [], settings: 0 }, 'something is left');
  await context.close();
});

test('a live session goes on after a reload, with what it had learned', async () => {
  const { page, context, complaints } = await open(browser, server.origin, PHONE);
  await feedSensors(context, page);
  await page.locator('[data-test=live]').tap();
  await page.getByRole('button', { name: 'Turn on motion' }).tap();
  await watched(page, 7);
  await page.reload();
  await page.locator('[data-test=live-kept]').filter({ hasText: 'Goes on after a reload' }).waitFor();
  const before = await seconds(page);
  assert.ok(before >= 5, `${before} seconds were kept`);
  await watched(page, before + 2);
  await page.locator('.lane-name', { hasText: 'acceleration_x' }).waitFor();
  await page.locator('[data-test=stop-live]').tap();
  await page.waitForTimeout(300);
  await page.reload();
  await page.locator('[data-test=live]').waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test('it can be installed, and a newer version waits to be taken', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'fourfold-web-'));
  cpSync(join(root, 'dist/web'), copy, { recursive: true });
  const { url, stop } = await serveFiles(copy);
  const { page, context } = await open(browser, url);
  await isKept(page);
  const cdp = await context.newCDPSession(page);
  const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors');
  // A private window, which is what tests run in, never installs anything.
  assert.deepEqual(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'), []);
  const manifest = await page.evaluate(() => fetch('./manifest.webmanifest').then((answer) => answer.json()));
  for (const { src } of manifest.icons) assert.ok((await page.request.get(`${url}/${src}`)).ok(), src);

  await page.reload();
  assert.equal(await page.locator('[data-test=update]').count(), 0);
  const style = join(copy, 'style.css');
  writeFileSync(style, `${readFileSync(style, 'utf8')}\nbody { --is-newer: yes }\n`);
  writeFileSync(join(copy, 'precache.js'), readFileSync(join(copy, 'precache.js'), 'utf8').replace(/"version":"\w+"/, '"version":"newer"'));
  await page.reload();
  const isNewer = () => page.evaluate(() => getComputedStyle(document.body).getPropertyValue('--is-newer'));
  await page.locator('[data-test=update]').waitFor();
  assert.equal(await isNewer(), '', 'one version at a time');
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Use it' }).click()]);
  assert.equal(await isNewer(), 'yes');
  await context.close();
  await stop();
  rmSync(copy, { recursive: true });
});
