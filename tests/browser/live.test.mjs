// A phone that is watched: asked for source by source, asleep and awake, shaken, denied.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { INSECURE, PHONE, feedSensors, holdInHand, launchWithSensors, see } from './device.mjs';
import { artefacts, browser, episodes, judged, open, server, withBrowser } from './page.mjs';

withBrowser(launchWithSensors);

const source = (page, name) => page.locator(`[data-source="${name}"]`);
const turnOn = (page, name) => page.getByRole('button', { name: `Turn on ${name.toLowerCase()}`, exact: true });
const rung = async (page, name, word) => source(page, name).and(page.locator(`[data-rung="${word}"]`)).waitFor({ timeout: 5000 });
const shown = (page) => page.locator('[data-stream] b').evaluateAll((values) =>
  Object.fromEntries(values.map((value) => [value.closest('[data-stream]').dataset.stream, value.textContent])));

test('each source on its own tap: thirty streams and more, saved as a table that is read back', async (t) => {
  const { page, context, foreign, complaints } = await open(browser, server.origin, PHONE);
  await feedSensors(context, page);
  await page.reload();
  await page.locator('[data-test=live]').tap();
  await rung(page, 'Phone and page', 'no permission needed');
  assert.match(await source(page, 'Sound').textContent(), /Nothing is recorded/, 'a word on why, before it is asked');
  for (const name of ['Motion', 'Orientation', 'Place', 'Sound', 'Light']) {
    await turnOn(page, name).tap();
    await rung(page, name, 'on');
  }
  await page.waitForTimeout(5500);
  const values = await shown(page);
  const told = Object.values(values).filter((value) => value !== '–').length;
  t.diagnostic(`${told} of ${Object.keys(values).length} streams have a value`);
  assert.ok(told >= 30, JSON.stringify(values));
  assert.equal(values.acceleration_x, '0.3');
  assert.equal(values.latitude, '52.52');
  assert.equal(values.speed, '1.5');
  assert.equal(values.light, '400');
  assert.match(values.rotation_beta, /^5\.7|^11\.5/, 'radians in, degrees out');
  assert.ok(Number(values.sound_level.replace('−', '-')) < 0, values.sound_level);
  const rate = await source(page, 'Motion').locator('[data-test=rate]').textContent();
  t.diagnostic(`motion: ${rate}`);
  assert.ok(parseFloat(rate) > 30 && parseFloat(rate) < 70, rate);
  assert.match(await page.locator('[data-test=live-kept]').textContent(), /The screen is kept awake/);
  await page.screenshot({ path: join(artefacts, 'live-phone-light.png'), fullPage: true });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'wider than the screen');

  await page.locator('[data-test=stop-live]').tap();
  const saving = page.waitForEvent('download');
  await page.locator('[data-test=save-live]').tap();
  const saved = readFileSync(await (await saving).path(), 'utf8');
  const [head, ...rows] = saved.trim().split('\n');
  assert.ok(head.split(',').length > 30 && rows.length >= 5, saved);
  await page.locator('input[type=file]').first().setInputFiles(
    { name: 'recorded.csv', mimeType: 'text/csv', buffer: Buffer.from(saved) });
  await judged(page);
  assert.match(await page.locator('[data-test=file]').textContent(), new RegExp(`recorded\\.csv.*${rows.length} rows`));
  assert.deepEqual(foreign, []);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('uneven readings, a drop to one a second and a minute asleep are no burst; a shake is found', async (t) => {
  const { page, context, complaints } = await open(browser, server.origin, PHONE);
  await page.clock.install({ time: new Date('2026-03-01T12:00:00Z') });
  await page.reload();
  await page.locator('[data-test=live]').tap();
  await turnOn(page, 'Motion').tap();
  await holdInHand(page);
  const now = () => page.evaluate(() => Date.now());
  const run = async (seconds) => {
    const frames = Number(await page.locator('[data-test=file]').textContent().then((text) => text.match(/(\d+) rows/)?.[1] ?? 0));
    await page.clock.runFor(seconds * 1000);
    await page.waitForFunction((least) => Number(document.querySelector('[data-test=file]').textContent.match(/(\d+) rows/)?.[1] ?? 0) >= least,
      frames + seconds - 3);
  };
  await run(120);
  const rate = await source(page, 'Motion').locator('[data-test=rate]').textContent();
  assert.match(rate, /^(1[89]|2\d)(\.\d)? Hz ± \d/, rate);
  await page.evaluate(() => { hand.step = 1000; });
  await run(20);
  await page.evaluate(() => { hand.step = 50; });
  await run(20);
  assert.ok((await episodes(page)).length <= 2, JSON.stringify(await episodes(page)));

  const slept = await now();
  await see(page, 'hidden');
  await page.locator('[data-state=asleep]').waitFor();
  await page.clock.runFor(60_000);
  await see(page, 'visible');
  await run(40);
  const woken = (await episodes(page)).filter(({ from }) => from >= slept - 1000);
  assert.deepEqual(woken, [], 'a burst at return');

  const shaken = await now();
  await page.evaluate(() => { hand.strength = 25; });
  await run(4);
  await page.evaluate(() => { hand.strength = 0.3; });
  await run(12);
  const found = (await episodes(page)).filter(({ from }) => from >= shaken - 1000);
  t.diagnostic(`shaken at ${shaken}: ${JSON.stringify(found)}`);
  assert.ok(found.some(({ from }) => from <= shaken + 3000), 'the shake is not found');
  await page.locator('[data-test=episode]').last().tap();
  assert.match(await page.locator('[data-test=headline]').textContent(), /shake|acceleration|gravity|rotation/);
  await page.locator('[data-test=expected]').tap();
  await page.locator('[data-test=lesson]').filter({ hasText: 'Learned: this is fine' }).waitFor();
  await page.locator('[data-test=undo]').tap();
  await page.locator('[data-test=lesson]').filter({ hasText: 'Taken back' }).waitFor();
  await page.screenshot({ path: join(artefacts, 'live-shake.png'), fullPage: true });

  assert.equal((await shown(page)).cadence, '0', 'nobody walked');
  await page.evaluate(() => { hand.walk = 3; });
  await run(20);
  const { cadence } = await shown(page);
  t.diagnostic(`walked at two steps a second: ${cadence} a minute`);
  assert.ok(Math.abs(cadence - 120) < 20, cadence);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('what is refused, lacking or silent has a name and a way out, and the rest goes on', async () => {
  const { page, context, complaints } = await open(browser, server.origin, PHONE);
  await page.addInitScript(() => {
    DeviceMotionEvent.requestPermission = async () => 'denied';
    delete window.AmbientLightSensor;
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); };
    navigator.geolocation.watchPosition = (_, failed) => { setTimeout(() => failed({ code: 1, message: '' }), 50); return 1; };
  });
  await page.reload();
  await page.locator('[data-test=live]').tap();
  for (const [name, word, way] of [
    ['Motion', 'denied', /settings/],
    ['Light', 'unsupported', /no light sensor/],
    ['Sound', 'denied', /Allow it/],
    ['Place', 'denied', /Allow it/],
    ['Orientation', 'no events', /nothing came within a second/],
  ]) {
    await turnOn(page, name).tap();
    await rung(page, name, word);
    assert.match(await source(page, name).textContent(), way);
  }
  await page.screenshot({ path: join(artefacts, 'live-denied.png'), fullPage: true });
  await page.waitForFunction(() => parseInt(document.querySelector('[data-test=live-kept]').textContent) >= 3);
  assert.equal(await page.locator('[data-test=fault]').count(), 0, 'a gap, not an error');
  // A person who allows it after all taps again.
  await page.evaluate(() => { DeviceMotionEvent.requestPermission = async () => 'granted'; });
  await turnOn(page, 'Motion').tap();
  await rung(page, 'Motion', 'no events');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a page without https says so', async () => {
  const origin = server.origin.replace('127.0.0.1', INSECURE);
  const { page, context } = await open(browser, origin, PHONE);
  await page.locator('[data-test=live]').tap();
  for (const name of ['Motion', 'Place', 'Sound']) {
    await turnOn(page, name).tap();
    await rung(page, name, 'needs https');
  }
  await context.close();
});
