// Why, on the screen: an episode is selected, explained, looked at closer, called expected, and that is taken back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { devices } from 'playwright-core';
import { browser, csv, episodes, judged, open, server, withBrowser } from './page.mjs';

withBrowser();

const START = Date.UTC(2024, 0, 1);
const JUMPS = [1500, 3000, 4500];

/** Four days of minutes in which the load jumps three times for a quarter of an hour; the heat follows two minutes later. */
function jumps() {
  const jumping = (row) => JUMPS.some((jump) => row >= jump && row < jump + 15);
  const noise = (row, turns) => (Math.imul((row + 1) * turns, 2654435761) >>> 8) % turns;
  const load = (row) => noise(row, 13) + (jumping(row) ? 60 : 0);
  const rows = Array.from({ length: 6000 }, (_, row) => [
    new Date(START + row * 60_000).toISOString(),
    load(row),
    load(row - 2) + 0.3 * noise(row, 17),
    noise(row, 11),
  ].join(','));
  return ['time,load,heat,light', ...rows].join('\n');
}

/** Whether an episode opens while a jump lasts. */
const during = (jump) => ({ from }) => from >= START + jump * 60_000 && from < START + (jump + 20) * 60_000;
const lesson = (page, text) => page.locator('[data-test=lesson]').filter({ hasText: text }).waitFor();

async function judgedJumps(options) {
  const opened = await open(browser, server.origin, options);
  await opened.page.locator('input[type=file]').first().setInputFiles(csv('jumps.csv', jumps()));
  const digest = await judged(opened.page);
  return { ...opened, digest };
}

test('selecting a moment says why; "expected" silences its like, and undo brings all of it back', async () => {
  const { page, context, complaints, digest } = await judgedJumps();
  const before = await episodes(page);
  const first = before.findIndex(during(JUMPS[0]));
  assert.ok(JUMPS.every((jump) => before.some(during(jump))), JSON.stringify(before));
  // What is usual is what was there before it began, without a row of its own.
  const usual = before.flatMap(({ text }) => [...text.matchAll(/load rose to .*\(before: (\d+) to (\d+)\)/g)]);
  assert.ok(usual.length > 0, JSON.stringify(before));
  for (const [text, low, high] of usual) assert.ok(Number(low) < Number(high) && Number(high) <= 12, text);

  await page.locator('[data-test=episode]').nth(first).click();
  const headline = page.locator('[data-test=headline]');
  await headline.waitFor();
  assert.match(await headline.textContent(), /load rose to \d+/);
  const shares = await page.locator('[data-test=causes] li > b').allTextContents();
  const sum = shares.map((text) => Number.parseInt(text, 10)).reduce((one, other) => one + other, 0);
  assert.ok(Math.abs(sum - 100) <= shares.length, `${shares} are the whole`);
  assert.match(await page.locator('[data-test=causes] li').first().textContent(), /^load/);
  assert.match(await page.locator('[data-test=causes] li').last().textContent(), /None of these/);
  assert.match(await page.locator('[data-test=sequence]').textContent(), /load rose/);

  await page.locator('[data-test=closer]').click();
  await page.locator('[data-test=closer]').waitFor({ state: 'detached' });
  assert.match(await page.locator('[data-test=sequence]').textContent(), /heat rose/, 'what followed is seen by now');
  assert.match(await page.locator('[data-test=leads]').textContent(), /load .*heat/);
  assert.ok(await page.locator('[data-test=leads] tr').count() > 20, 'the curve has a table for who can not see it');
  assert.match(await page.locator('[data-test=graph]').textContent(), /load/);

  await page.locator('[data-test=expected]').click();
  await lesson(page, 'Learned: this is fine.');
  const taught = await episodes(page);
  assert.ok(taught.filter(during(JUMPS[1])).length + taught.filter(during(JUMPS[2])).length <
    before.filter(during(JUMPS[1])).length + before.filter(during(JUMPS[2])).length, JSON.stringify(taught));
  assert.ok(taught.some((episode) => during(JUMPS[0])(episode) && /expected/.test(episode.text)));
  assert.match(await page.locator('[data-test=lesson]').textContent(), /\d moments? .*(no longer|gone)/);
  assert.equal(await page.locator('[data-test=expected]').getAttribute('aria-pressed'), 'true');
  assert.notEqual(await judged(page), digest);

  await page.locator('[data-test=undo]').click();
  await lesson(page, 'Taken back.');
  assert.deepEqual(await episodes(page), before);
  assert.equal(await judged(page), digest, 'to the bit');
  assert.ok(await page.locator('[data-test=undo]').isDisabled());
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a pattern that the preset knows is named, with what to do', async () => {
  const { page, context, complaints } = await open(browser, server.origin);
  const noise = (row, turns) => (row * row) % turns;
  const rows = Array.from({ length: 800 }, (_, row) => {
    const since = Math.max(0, row - 780);
    const vibration = since > 0 ? 1 : 50 + noise(row, 11);
    const sound = (since > 1 ? 20 : 60) + noise(row, 7);
    const temperature = 70 + 0.1 * noise(row, 13) - 3 * Math.max(0, since - 2);
    return [new Date(START + row * 60_000).toISOString(), vibration, sound, temperature, 40 + noise(row, 5)].join(',');
  });
  await page.locator('input[type=file]').first().setInputFiles(csv('machine.csv', ['time,vibration,sound,temperature,humidity', ...rows].join('\n')));
  await judged(page);
  await page.locator('[data-test=thorough]').check();
  await page.locator('[data-test=episode]').last().click();
  await page.locator('[data-test=depth]').filter({ hasText: 'The whole of it' }).waitFor();
  assert.match(await page.locator('[data-test=causes] li').first().textContent(), /machine stopped.*known pattern/);
  assert.match(await page.locator('.action').textContent(), /^What to do: .+\.$/);
  assert.ok(await page.locator('.evidence li').count() > 0, 'what speaks for it');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('all of it by keyboard, and by touch at 360 px', async () => {
  const keyboard = await judgedJumps();
  await keyboard.page.locator('[data-test=episode]').first().focus();
  await keyboard.page.keyboard.press('Enter');
  await keyboard.page.locator('[data-test=headline]').waitFor();
  await keyboard.page.locator('[data-test=real]').focus();
  await keyboard.page.keyboard.press('Space');
  await lesson(keyboard.page, 'Learned: this is real.');
  assert.equal(await keyboard.page.evaluate(() => document.activeElement?.dataset.test), 'real', 'the focus stays');
  const selected = () => keyboard.page.locator('.episode.selected').evaluate((item) => [...document.querySelectorAll('.episode')].indexOf(item));
  await keyboard.page.keyboard.press('j');
  assert.equal(await selected(), 1, 'the next one');
  await keyboard.page.locator('[data-test=headline]').waitFor();
  await keyboard.page.keyboard.press('k');
  assert.equal(await selected(), 0);
  await keyboard.page.keyboard.press('Escape');
  await keyboard.page.locator('[data-test=why]').waitFor({ state: 'detached' });
  await keyboard.page.keyboard.press('?');
  const keys = keyboard.page.getByRole('dialog', { name: 'Keys' });
  await keys.waitFor();
  assert.match(await keys.textContent(), /next and previous abnormal moment/);
  await keyboard.page.keyboard.press('Escape');
  await keys.waitFor({ state: 'hidden' });
  await keyboard.context.close();

  const touch = await judgedJumps({ ...devices['Pixel 7'], viewport: { width: 360, height: 760 } });
  await touch.page.locator('[data-test=episode]').first().tap();
  await touch.page.locator('[data-test=headline]').waitFor();
  assert.ok(await touch.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await touch.page.locator('[data-test=expected]').tap();
  await lesson(touch.page, 'Learned');
  await touch.page.locator('[data-test=to-lanes]').tap();
  const { top, bottom } = await touch.page.locator('.lane-name', { hasText: 'load' }).evaluate((lane) => lane.getBoundingClientRect());
  assert.ok(top > 0 && bottom < 760, `the curve of the cause is in sight: ${top} to ${bottom}`);
  await touch.context.close();
});
