// What holds wherever one looks: by keyboard alone, by two fingers, without motion, from a phone to a wall; and what is said
// where the engine does not come.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { devices } from 'playwright-core';
import { INSECURE, PHONE, feedSensors, launchWithSensors } from './device.mjs';
import { artefacts, browser, csv, judged, open, server, table, withBrowser } from './page.mjs';

withBrowser(launchWithSensors);

const pick = (page, text) => page.locator('input[type=file]').first().setInputFiles(csv('waves.csv', text));

/** What can be used and what the Tab key does not reach, after as many steps as there are things. */
async function unreached(page) {
  const all = await page.evaluate(() => {
    const usable = 'a[href], button, input, select, summary, [tabindex="0"]';
    const isSeen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0;
    window.usable = [...document.querySelectorAll(usable)].filter(isSeen);
    document.activeElement?.blur();
    return window.usable.length;
  });
  assert.ok(all > 5, `${all} things`);
  const reached = new Set();
  for (let step = 0; step < all + 3; step++) {
    await page.keyboard.press('Tab');
    reached.add(await page.evaluate(() => window.usable.indexOf(document.activeElement)));
  }
  return page.evaluate((reached) => window.usable.filter((_, place) => !reached.includes(place)).map((one) => one.outerHTML.slice(0, 120)), [...reached]);
}

test('the Tab key reaches everything, on every screen', async () => {
  const { page, context, complaints } = await open(browser, server.origin);
  assert.deepEqual(await unreached(page), [], 'first screen');
  await page.locator('[data-sample=iot]').focus();
  await page.keyboard.press('Enter');
  await judged(page);
  assert.deepEqual(await unreached(page), [], 'findings');
  await page.locator('[data-test=episode]').first().press('Enter');
  await page.locator('[data-test=headline]').waitFor();
  assert.deepEqual(await unreached(page), [], 'explanation');
  for (const sheet of ['streams', 'file', 'save']) {
    await page.locator('[role=tab][aria-selected=true]').press('ArrowRight');
    await page.locator(`[data-test=tab-${sheet}][aria-selected=true]`).waitFor();
    assert.deepEqual(await unreached(page), [], sheet);
  }
  assert.deepEqual(complaints, []);
  await context.close();

  const phone = await open(browser, server.origin, PHONE);
  await feedSensors(phone.context, phone.page);
  await phone.page.reload();
  await phone.page.locator('[data-test=live]').press('Enter');
  await phone.page.getByRole('button', { name: 'Turn on motion' }).press('Enter');
  await phone.page.locator('[data-source=Motion][data-rung=on]').waitFor();
  assert.deepEqual(await unreached(phone.page), [], 'live');
  await phone.context.close();
});

test('nothing jumps while a table appears', async (t) => {
  for (const viewport of [{ width: 1280, height: 800 }, PHONE.viewport]) {
    const { page, context } = await open(browser, server.origin, { viewport });
    await page.evaluate(() => {
      window.shifts = [];
      new PerformanceObserver((list) => window.shifts.push(...list.getEntries())).observe({ type: 'layout-shift' });
    });
    // A tap excuses half a second of shifts; whoever looks at them does not.
    await page.locator('[data-sample=lifelog]').evaluate((card) => (card.scrollIntoView(), card.click()));
    await judged(page, 30_000);
    const shifts = await page.evaluate(() => window.shifts.map(({ value }) => value));
    const sum = shifts.reduce((sum, value) => sum + value, 0);
    t.diagnostic(`${viewport.width} px wide: ${sum.toFixed(4)} in ${shifts.length} shifts`);
    assert.ok(sum < 0.05, `${viewport.width} px: ${shifts}`);
    await context.close();
  }
});

test('two fingers zoom, one moves', async () => {
  const { page, context } = await open(browser, server.origin, { ...devices['Pixel 7'], viewport: { width: 360, height: 760 } });
  await pick(page, table({ rows: 2000 }).text);
  await judged(page);
  const plot = page.locator('[data-test=plot]');
  await plot.scrollIntoViewIfNeeded();
  const { y, height } = await plot.boundingBox();
  const middle = Math.min(y + height / 2, 700);
  const cdp = await context.newCDPSession(page);
  const touch = (type, ...fingers) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: fingers.map((x, id) => ({ x, y: middle, id })) });
  const shown = async () => {
    await page.waitForTimeout(600);
    return page.locator('[data-test=timeline-table] caption').textContent();
  };
  const whole = await shown();
  await touch('touchStart', 160, 200);
  for (let step = 1; step <= 10; step++) await touch('touchMove', 160 - 10 * step, 200 + 10 * step);
  await touch('touchEnd');
  const zoomed = await shown();
  assert.notEqual(zoomed, whole);
  await touch('touchStart', 300);
  for (let step = 1; step <= 10; step++) await touch('touchMove', 300 - 15 * step);
  await touch('touchEnd');
  const moved = await shown();
  assert.notEqual(moved, zoomed);
  const length = (caption) => caption.match(/from (.+) to (.+)/).slice(1).map((text) => Date.parse(`${text} UTC`)).reduce((from, to) => to - from);
  assert.ok(length(zoomed) < length(whole) / 2, `${zoomed} of ${whole}`);
  assert.ok(Math.abs(length(moved) - length(zoomed)) <= 60_000, 'moved, and as long as before');
  await page.locator('[data-test=reset]').tap();
  assert.equal(await shown(), whole);
  await context.close();
});

test('who wants no motion gets none', async () => {
  const { page, context } = await open(browser, server.origin, { reducedMotion: 'reduce' });
  const moving = () => page.evaluate(() => [...document.querySelectorAll('*')].filter((one) => {
    const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(one);
    return !/^(0s(, )?)+$/.test(transitionDuration) || animationName !== 'none' || scrollBehavior === 'smooth';
  }).map((one) => one.className || one.tagName));
  assert.deepEqual(await moving(), []);
  await pick(page, table({ rows: 300 }).text);
  await judged(page);
  assert.deepEqual(await moving(), []);
  await context.close();
});

for (const [name, width, height] of [['phone', 360, 760], ['wall', 3840, 2160]]) {
  test(`${name}: no text is cut on the first screen, and nothing is wider than the screen`, async () => {
    const { page, context } = await open(browser, server.origin, { viewport: { width, height } });
    const cut = await page.evaluate(() => [...document.querySelectorAll('main *')]
      .filter((one) => one.textContent && one.clientWidth > 0 && getComputedStyle(one).overflow !== 'visible')
      .filter((one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)
      .map((one) => one.textContent));
    assert.deepEqual(cut, []);
    await page.locator('[data-sample=lifelog]').click();
    await judged(page, 30_000);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    const [lanes, side] = await Promise.all(['[data-test=plot]', '.side'].map((part) => page.locator(part).boundingBox()));
    assert.equal(side.x > lanes.x + lanes.width, name === 'wall', 'beside each other where there is room');
    await page.screenshot({ path: join(artefacts, `lifelog-${name}.png`) });
    await context.close();
  });
}

test('the link is copied, and where a page has no clipboard it is marked for the person', async () => {
  for (const [origin, says] of [[server.origin, 'Copied'], [server.origin.replace('127.0.0.1', INSECURE), 'Now Ctrl C']]) {
    const { page, context, complaints } = await open(browser, origin, { permissions: ['clipboard-write'] });
    await pick(page, table({ rows: 300 }).text);
    await judged(page);
    await page.locator('[data-test=tab-save]').click();
    await page.locator('[data-test=copy]').click();
    await page.locator('[data-test=copy]').filter({ hasText: says }).waitFor();
    const [marked, all] = await page.locator('[data-test=share]').evaluate((field) => [field.selectionEnd - field.selectionStart, field.value.length]);
    assert.equal(marked, says === 'Copied' ? 0 : all);
    assert.deepEqual(complaints, []);
    await context.close();
  }
});

test('an engine that does not come is a sentence, not a wait without an end', async () => {
  const { page, context } = await open(browser, server.origin, { serviceWorkers: 'block' });
  await page.route('**/engine-thread.js', (route) => route.abort());
  await page.reload();
  await page.locator('[data-test=fault]').filter({ hasText: 'Reload the page and try again' }).waitFor();
  await page.unroute('**/engine-thread.js');
  await page.reload();
  await pick(page, table({ rows: 300 }).text);
  await judged(page);
  await context.close();
});
