// A Worker, connected by hand: nothing before a person says so, then frames to that one address.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { secrets, startWorkerd } from '../workerd.mjs';
import { PHONE, feedSensors, launchWithSensors } from './device.mjs';
import { artefacts, csv, judged, open, root, serve, table } from './page.mjs';

let worker;
let browser;
before(async () => {
  // The Worker serves the app as well, as it does when it is deployed.
  worker = await startWorkerd({ assets: join(root, 'dist/web') });
  browser = await launchWithSensors();
});
after(async () => {
  await browser?.close();
  await worker?.stop();
});

const sent = (page) => page.locator('[data-test=sent]').getAttribute('data-bytes').then(Number);

test('frames of this device reach a real Worker, from the moment that a person connects it', async () => {
  const { page, context } = await open(browser, worker.url, PHONE);
  await feedSensors(context, page);
  await page.locator('[data-test=live]').tap();
  await page.locator('[data-test=connect] summary').tap();
  assert.equal(await page.locator('[data-test=connect] form').count(), 0, 'the usual page can not connect');
  await page.locator('[data-test=to-connect]').tap();
  // The session is the same one.
  await page.locator('[data-test=connect] form').waitFor();
  await page.getByRole('button', { name: 'Turn on motion' }).tap();
  await page.waitForTimeout(1500);
  assert.equal(await sent(page), 0, 'something was sent before anybody agreed');
  await page.locator('input[name=address]').fill(worker.url);
  await page.locator('input[name=system]').fill('my-phone');
  await page.locator('input[name=key]').fill(secrets.ADMIN_SECRET);
  await page.screenshot({ path: join(artefacts, 'connect.png'), fullPage: true });
  await page.locator('[data-test=connect-yes]').tap();
  await page.locator('[data-test=connected]').filter({ hasText: /Connected: [3-9] frames sent/ }).waitFor({ timeout: 15_000 });
  // What it makes of them is seen at once.
  await page.locator('[data-test=connected]').filter({ hasText: /The Worker says: (nothing )?abnormal now, as rare as 1 in [\d,]+\./ }).waitFor();
  const system = await (await fetch(`${worker.url}/v1/systems/my-phone`, { headers: { authorization: `Bearer ${secrets.ADMIN_SECRET}` } })).json();
  assert.ok(system.frames >= 3, JSON.stringify(system).slice(0, 300));
  assert.ok(await sent(page) > 100, 'the counter counts it');
  assert.doesNotMatch(await page.locator('footer').textContent(), /Nothing leaves/);
  await page.locator('[data-test=disconnect]').tap();
  await page.waitForTimeout(500);
  const before = await sent(page);
  await page.waitForTimeout(3000);
  assert.equal(await sent(page), before, 'it goes on after a disconnect');
  await context.close();
});

test('a session that was saved goes on in a Worker, and what it learned there opens here', async () => {
  const { page, context } = await open(browser, worker.url);
  const api = async (method, path, body) => {
    const headers = { authorization: `Bearer ${secrets.ADMIN_SECRET}`, 'content-type': typeof body === 'string' ? 'application/json' : 'application/octet-stream' };
    const response = await fetch(`${worker.url}/v1/systems/plant${path}`, { method, headers, body });
    assert.ok(response.ok, `${method} ${path} answered ${response.status}`);
    return response;
  };
  const choose = (file) => page.locator('input[type=file]').first().setInputFiles(file);
  await choose(csv('plant.csv', table({ rows: 1500 }).text));
  await judged(page);
  await page.locator('[data-test=tab-save]').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-test=save-session]').click()]);
  const { schema } = await (await api('PUT', '', await readFile(await download.path()))).json();
  const last = table({ rows: 1600 }).at(1599);
  const values = Object.fromEntries(schema.streams.map(({ name }) => [name, 0]));
  const { verdicts } = await (await api('POST', '/frames', JSON.stringify({ frames: [{ t: last, values }] }))).json();
  assert.equal(verdicts.length, 1);
  await api('POST', '/models', '');
  const bytes = Buffer.from(await (await api('GET', '/models/2')).arrayBuffer());
  await page.locator('[data-test=home]').click();
  await choose({ name: 'plant.fourfold', mimeType: 'application/octet-stream', buffer: bytes });
  await page.locator('[data-test=resumed]').filter({ hasText: '1,501' }).waitFor();
  await context.close();
});

test('the page narrows its policy to the one address, and says who does not answer', async () => {
  const server = await serve();
  const { page, context } = await open(browser, server.origin, PHONE);
  await page.goto(`${server.origin}/connect.html`);
  await page.locator('[data-test=live]').tap();
  const reaches = (url) => page.evaluate((url) => fetch(url, { mode: 'no-cors' }).then(() => true, () => false), url);
  assert.ok(await reaches(worker.url), 'this page may');
  await page.locator('input[name=address]').fill('http://127.0.0.1:9');
  await page.locator('input[name=system]').fill('my-phone');
  await page.locator('[data-test=connect-yes]').tap();
  await page.locator('[data-test=connected]').filter({ hasText: /nobody answers/ }).waitFor();
  assert.equal(await reaches(worker.url), false, 'only the address that was named');
  await context.close();
  server.close();
});
