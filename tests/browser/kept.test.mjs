// What a reload keeps: what people said and set, everything that was recorded; and what it asks them for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE, feedSensors, holdInHand, launchWithSensors } from './device.mjs';
import { browser, csv, episodes, judged, open, server, withBrowser } from './page.mjs';

withBrowser(launchWithSensors);

/** Ten values of five minutes, a jump three times. */
function threeJumps() {
  const lines = ['time,load,heat'];
  for (let row = 0; row < 4500; row++) {
    const jump = [1500, 2500, 3500].some((from) => row >= from && row < from + 15);
    const values = [(row * 7919) % 13 + (jump ? 60 : 0), (row * 7919) % 17];
    lines.push([new Date(Date.UTC(2024, 0, 1) + row * 60_000).toISOString(), ...values].join(','));
  }
  return lines.join('\n');
}

test('what was said of a file and set beside it is there after a reload, and can be taken back', async () => {
  const { page, context, complaints } = await open(browser, server.origin);
  await page.locator('input[type=file]').first().setInputFiles(csv('jumps.csv', threeJumps()));
  const untaught = await judged(page);
  const before = await episodes(page);
  await page.locator('[data-test=worst-first]').uncheck();
  const jump = Date.UTC(2024, 0, 1) + 1500 * 60_000;
  await page.locator(`[data-test=episode][data-opened="${jump}"]`).click();
  await page.locator('[data-test=expected]').click();
  await page.locator('[data-test=lesson]').filter({ hasText: 'Learned' }).waitFor();
  const taught = await judged(page);
  const after = await episodes(page);
  assert.notEqual(taught, untaught);

  await page.waitForTimeout(300);
  await page.reload();
  assert.equal(await judged(page), taught, 'the same bits');
  assert.equal((await episodes(page)).length, after.length);
  assert.equal(await page.locator('[data-label=expected]').count(), 1);
  assert.equal(await page.locator('[data-test=worst-first]').isChecked(), false);
  await page.locator(`[data-test=episode][data-opened="${jump}"]`).click();
  await page.locator('[data-test=undo]').click();
  await page.locator('[data-test=lesson]').filter({ hasText: 'Taken back' }).waitFor();
  assert.equal(await judged(page), untaught);
  assert.equal((await episodes(page)).length, before.length);

  await page.locator('[data-test=rate]').fill('-2');
  await page.locator('.slider output').filter({ hasText: '1 in 100' }).waitFor();
  const loose = (await episodes(page)).length;
  await page.waitForTimeout(300);
  await page.reload();
  await judged(page);
  await page.locator('.slider output').filter({ hasText: /1 in 100$/ }).waitFor();
  assert.equal((await episodes(page)).length, loose);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a live session keeps all of its record and what was said; its sensors come back on one tap', async () => {
  const { page, context, complaints } = await open(browser, server.origin, PHONE);
  await feedSensors(context, page);
  await page.clock.install({ time: new Date('2026-03-01T12:00:00Z') });
  await page.reload();
  await page.locator('[data-test=live]').tap();
  await page.getByRole('button', { name: 'Turn on motion' }).tap();
  await holdInHand(page);
  const rows = async () => Number((await page.locator('[data-test=file]').textContent()).match(/([\d,]+) rows/)?.[1].replace(',', '') ?? 0);
  const reach = async (least) => {
    for (let tries = 0; await rows() < least; tries++) {
      assert.ok(tries < 50, `${await rows()} of ${least} seconds`);
      await page.waitForTimeout(100);
    }
  };
  const run = async (seconds) => {
    const before = await rows();
    for (let left = seconds; left > 0; left -= 30) await page.clock.runFor(Math.min(left, 30) * 1000);
    await reach(before + seconds - 3);
  };
  // More than a page of the record, which is ten minutes.
  await run(640);
  await page.evaluate(() => { hand.strength = 14; });
  await run(4);
  await page.evaluate(() => { hand.strength = 0.3; });
  await run(8);
  const shake = page.locator('[data-test=episode]').last();
  await shake.tap();
  await page.locator('[data-test=closer]').tap();
  await page.locator('[data-test=leads] figure').first().waitFor();
  assert.match(await page.locator('[data-test=graph]').textContent(), /moves/, 'who moves whom is known of a device, too');
  await page.locator('[data-test=expected]').tap();
  await page.locator('[data-label=expected]').waitFor();
  const recorded = await rows();
  await page.waitForTimeout(500);

  await page.reload();
  const back = page.locator('[data-test=on-before]');
  await back.filter({ hasText: 'motion was on' }).waitFor();
  await reach(recorded - 6);
  await page.locator('[data-label=expected]').waitFor();
  await page.locator('[data-test=on-again]').tap();
  await page.locator('[data-source=Motion][data-rung=on]').waitFor();
  assert.equal(await back.count(), 0);
  await page.locator('[data-test=episode]').last().tap();
  await page.locator('[data-test=undo]:enabled').tap();
  await page.locator('[data-label=expected]').waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
  await context.close();
});
