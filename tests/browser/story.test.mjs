// A person's two minutes in one go: a file, the moment that was planted, why, a word on it, taken back, taken away, a
// reload, no network. On a desk by mouse, and on a phone by touch.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { devices } from 'playwright-core';
import { artefacts, browser, csv, episodes, judged, open, server, table, withBrowser } from './page.mjs';

withBrowser();

const { text, at } = table({ rows: 3000, spike: 2000 });

async function dropped(page) {
  const transfer = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'plant.csv', { type: 'text/csv' }));
    return transfer;
  }, text);
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
}

const picked = (page) => page.locator('input[type=file]').first().setInputFiles(csv('plant.csv', text));

for (const [name, way, options] of [
  ['desk', dropped, {}],
  ['phone', picked, { ...devices['Pixel 7'], viewport: { width: 360, height: 760 } }],
]) {
  test(`${name}: dropped, marked, explained, taught, taken back, saved, reloaded, without a network`, async () => {
    const { page, context, foreign, complaints } = await open(browser, server.origin, options);
    const press = (test) => page.locator(test)[options.hasTouch ? 'tap' : 'click']();
    await way(page);
    const digest = await judged(page);
    const before = await episodes(page);
    assert.ok(before.some(({ from, to, text }) => from <= at(2000) && to >= at(2000) && /stream_1 rose to/.test(text)));
    assert.equal(await page.locator('[data-test=episode]').first().getAttribute('data-opened'), `${at(2000)}`, 'the worst is the first');
    await press(`[data-test=episode][data-opened="${at(2000)}"]`);
    await page.locator('[data-test=headline]').filter({ hasText: /stream_1 rose to/ }).waitFor();
    assert.ok(await page.locator('.evidence li').count() > 0, 'what speaks for it');
    await page.screenshot({ path: join(artefacts, `story-${name}.png`), fullPage: true });
    await press('[data-test=expected]');
    await page.locator('[data-test=lesson]').filter({ hasText: 'Learned' }).waitFor();
    await press('[data-test=undo]');
    await page.locator('[data-test=lesson]').filter({ hasText: 'Taken back' }).waitFor();
    assert.equal(await judged(page), digest);
    await press('[data-test=tab-save]');
    const [file] = await Promise.all([page.waitForEvent('download'), press('[data-test=save-csv]')]);
    assert.equal((await readFile(await file.path(), 'utf8')).trimEnd().split('\n').length, 3001);
    await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated');
    await page.waitForFunction(() => localStorage.getItem('file') === 'kept');
    await context.setOffline(true);
    await page.reload();
    assert.equal(await judged(page), digest, 'after a reload, without a network');
    assert.deepEqual(await episodes(page), before);
    assert.deepEqual(foreign, []);
    assert.deepEqual(complaints, []);
    await context.close();
  });
}
