// A million values: nothing blocks the page while they are read and judged, and panning is smooth.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { artefacts, browser, judged, longestTask, open, server, table, tasks, withBrowser } from './page.mjs';

withBrowser();

/** Opens a file of 32 streams from the disk, as a person does: handing over the bytes would be work on the page's thread. */
async function opened(page, rows) {
  const file = join(artefacts, `wide-${rows}.csv`);
  writeFileSync(file, table({ rows, streams: 32 }).text);
  const started = Date.now();
  await page.locator('input[type=file]').first().setInputFiles(file);
  await judged(page, 60_000);
  return Date.now() - started;
}

/** Pans for so many frames of the screen, a little each, and says how long it took. */
const pan = (page, frames) => page.locator('[data-test=plot]').evaluate((plot, frames) => new Promise((done) => {
  const started = performance.now();
  let left = frames;
  const step = () => {
    plot.dispatchEvent(new WheelEvent('wheel', { deltaX: left % 100 < 50 ? 12 : -12, bubbles: true, cancelable: true }));
    if (left-- > 0) requestAnimationFrame(step);
    else done(performance.now() - started);
  };
  requestAnimationFrame(step);
}), frames);

/** Opens a million values and says what the main thread had to do. */
async function million(t) {
  const { page, context, complaints } = await open(browser, server.origin);
  await page.evaluate(() => {
    window.long = [];
    new PerformanceObserver((list) => window.long.push(...list.getEntries().map((entry) => entry.duration)))
      .observe({ type: 'longtask' });
  });
  await page.waitForTimeout(300);
  await browser.startTracing(page, { categories: ['toplevel'] });
  const took = await opened(page, 31_250);
  const trace = await browser.stopTracing();
  const longest = longestTask(trace);
  const computed = Math.round(tasks(trace, 'DedicatedWorker thread').reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1000);
  const long = await page.evaluate(() => window.long);
  t.diagnostic(`1,000,000 values in ${took} ms, of which the engine's thread computed ${computed} ms; longest task ${longest.cpu} ms of computing, ${longest.wall} ms by the clock; ` +
    `the observer saw ${long.length} beyond 50 ms`);
  assert.deepEqual(complaints, []);
  await context.close();
  return { computed, longest: longest.wall, longestComputed: longest.cpu, took };
}

// The clock counts what else the machine does as well: one pass may meet a slow moment of it; five on end do not.
test('from file to finished verdicts: no long task, and under four seconds', async (t) => {
  const passes = [];
  const best = (what) => Math.min(...passes.map((pass) => pass[what]));
  const isSlow = () => best('longest') > 50 || best('longestComputed') > 35 || best('took') >= 4000;
  while (passes.length === 0 || (passes.length < 5 && isSlow())) passes.push(await million(t));
  assert.ok(best('longest') > 0 && best('longest') <= 50, `a task of ${best('longest')} ms by the clock`);
  assert.ok(best('longestComputed') <= 35, `a task that computes for ${best('longestComputed')} ms`);
  assert.ok(best('computed') > 500 && best('computed') < 4000, `the engine computes for ${best('computed')} ms`);
  assert.ok(best('took') < 4000, `${best('took')} ms by the clock`);
});

test('panning 32 streams of 20,000 points costs less than a frame, and there are 30 of them a second', async (t) => {
  const { page, context } = await open(browser, server.origin, { viewport: { width: 1600, height: 1000 } });
  await opened(page, 20_000);
  for (let turn = 0; turn < 6; turn++) await page.locator('[data-test=plot]').press('+');
  await pan(page, 20);
  const frames = 90;
  await browser.startTracing(page, { categories: ['toplevel'] });
  const took = await pan(page, frames);
  const cpu = tasks(await browser.stopTracing()).map(({ tdur = 0 }) => tdur / 1000);
  const each = cpu.reduce((sum, ms) => sum + ms, 0) / frames;
  const perSecond = 1000 * frames / took;
  t.diagnostic(`${perSecond.toFixed(0)} frames a second; ${each.toFixed(1)} ms of computing a frame, ` +
    `the longest task ${Math.max(...cpu).toFixed(0)} ms`);
  assert.ok(each < 16, `${each} ms a frame`);
  assert.ok(perSecond >= 30, `${perSecond} frames a second`);
  await context.close();
});
