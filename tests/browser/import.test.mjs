// Ways in: formats, roles, zones, addresses; what was guessed is shown, and changed by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { browser, csv, judged, open, server, table, withBrowser } from './page.mjs';

withBrowser();

const MINUTE = 60_000;
const START = Date.UTC(2024, 4, 1);
const choose = (page, file) => page.locator('input[type=file]').first().setInputFiles(file);
const names = (page) => page.locator('.lane-name b').allTextContents().then((all) => all.slice(3));
const rows = async (page) => (await page.locator('[data-test=file]').textContent()).match(/([\d,]+) rows, (\d+) streams?/).slice(1);
const fileSheet = async (page) => {
  await page.locator('[data-test=tab-file]').click();
  return page.locator('[data-test=note]').textContent();
};
/** What a list of choices stands at, in words. */
const chosen = (page, test) => page.locator(`[data-test="${test}"]`).evaluate((list) => list.selectedOptions[0].textContent);
/** Chooses, and waits until the file has been read and judged again. */
async function rejudge(page, act) {
  await page.locator('[data-test=workspace]').evaluate((main) => {
    main.before = main.dataset.digest;
    new MutationObserver(() => (main.emptied ||= main.dataset.digest === '')).observe(main, { attributes: true });
  });
  await act();
  await page.waitForFunction(() => document.querySelector('[data-test=workspace]').emptied);
  return judged(page);
}

test('tab-separated, packed, JSON, UTF-16, with units: the same table gives the same verdicts', async () => {
  const { page, context, complaints } = await open(browser, server.origin);
  const { text } = table({ rows: 600, spike: 500 });
  const [header, ...lines] = text.split('\n').map((line) => line.split(','));
  const json = lines.map(([time, ...values]) =>
    JSON.stringify(Object.fromEntries([['time', time], ...values.map((value, n) => [header[n + 1], Number(value)])])));
  await choose(page, csv('plain.csv', text));
  const digest = await judged(page);
  for (const file of [
    csv('tabs.tsv', text.replaceAll(',', '\t')),
    { name: 'packed.csv.gz', mimeType: 'application/gzip', buffer: gzipSync(text) },
    csv('lines.jsonl', json.join('\n')),
    csv('list.json', JSON.stringify(json.map((line) => JSON.parse(line)), null, 2)),
    csv('frames.json', `{"frames":[${json}]}`),
    { ...csv('unicode.txt', ''), buffer: Buffer.from(`\ufeff${text.replaceAll(',', '\t').replaceAll('\n', '\r\n')}`, 'utf16le') },
    csv('units.csv', text.replaceAll(/(\.\d{3})(?=,|$)/gm, '$1 kB')),
    csv('commas.csv', text.replaceAll(',', ';').replaceAll(/(\d)\.(\d{3})(?=;|$)/gm, '$1,$2')),
  ]) {
    await page.locator('[data-test=home]').click();
    await choose(page, file);
    assert.equal(await judged(page), digest, file.name);
    assert.deepEqual(await rows(page), ['600', '4'], file.name);
    const units = await page.locator('.lane-name span').filter({ hasText: 'kB' }).count();
    assert.equal(units, file.name === 'units.csv' ? 4 : 0, 'a unit is shown where there is one');
  }
  assert.match(await fileSheet(page), /600 rows, one every 1 min, by the time in “time”\./);
  assert.equal(await chosen(page, 'separator'), 'semicolon');
  assert.equal(await chosen(page, 'decimal'), '1,5');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('dates of the day first, in a zone that is chosen by hand', async () => {
  const { page, context } = await open(browser, server.origin);
  const stamp = (row) => {
    const [date, clock] = new Date(START + row * MINUTE * 5).toISOString().slice(0, 16).split('T');
    return `${date.split('-').reverse().join('.')} ${clock}`;
  };
  const lines = Array.from({ length: 400 }, (_, row) => `${stamp(row)};${20 + (row % 7)},5;${row % 5}`);
  await choose(page, csv('excel.csv', `Datum;Temperatur;Anzahl\r\n${lines.join('\r\n')}\r\n`));
  const digest = await judged(page);
  assert.match(await page.locator('[data-test=readout]').textContent(), /^1 May 2024, 00:00 – 2 May 2024/);
  assert.match(await fileSheet(page), /400 rows, one every 5 min, by the time in “Datum”, which names no zone: read as UTC\./);
  assert.equal(await chosen(page, 'order'), '31/12/2024');
  const again = await rejudge(page, () => page.locator('[data-test=zone]').selectOption('120'));
  assert.notEqual(again, digest, 'the same clock is another time there');
  assert.match(await page.locator('[data-test=readout]').textContent(), /^1 May 2024, 00:00/, 'the clock on the wall stays');
  assert.match(await page.locator('[data-test=note]').textContent(), /names no zone: read as UTC\+2:00/);
  await rejudge(page, () => page.locator('[data-test=guess-again]').click());
  assert.equal(await judged(page), digest);
  await context.close();
});

test('rows on single things become streams; roles and behaviour are corrected by hand', async () => {
  const { page, context, complaints } = await open(browser, server.origin);
  const lines = Array.from({ length: 500 }, (_, row) => {
    const time = new Date(START + row * MINUTE).toISOString();
    return [`${time},door,${row % 5},${row}`, `${time},window,${row % 7},${row}`];
  }).flat();
  lines.splice(40, 0, 'rubbish', `${new Date(START).toISOString()},door,1`);
  await choose(page, csv('events.csv', `time,sensor,value,counter\n${lines.join('\n')}\n`));
  await judged(page);
  assert.deepEqual(await names(page), ['door.value', 'door.counter', 'window.value', 'window.counter']);
  const note = await fileSheet(page);
  assert.match(note, /1,000 rows on single things, told apart by “sensor” and gathered in frames of 60 s|1,000 rows .*frames of 1 min/);
  assert.match(note, /2 lines unreadable and left out, the first at line 42/);
  assert.match(await page.locator('[data-test=bad-lines]').textContent(), /42.*1 cells instead of 4.*rubbish/s);

  await rejudge(page, () => page.locator('[data-test="role-counter"]').selectOption('Ignore'));
  assert.deepEqual(await names(page), ['door', 'window']);
  await rejudge(page, () => page.locator('[data-test=frame]').selectOption('300000'));
  assert.deepEqual(await rows(page), ['100', '2']);
  assert.equal(await page.locator('[data-test=tab-file]').getAttribute('aria-selected'), 'true', 'one stays where one is');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('behaviour by hand, and a way back from a choice that leaves nothing', async () => {
  const { page, context } = await open(browser, server.origin);
  await choose(page, csv('waves.csv', table({ rows: 300, streams: 2 }).text));
  const digest = await judged(page);
  await fileSheet(page);
  await rejudge(page, () => page.locator('[data-test="kind-stream_1"]').selectOption('Sporadic'));
  assert.match(await chosen(page, 'kind-stream_1'), /now and then/);
  await page.locator('[data-test="role-stream_1"]').selectOption('Ignore');
  await judged(page);
  await page.locator('[data-test="role-stream_2"]').selectOption('Ignore');
  await page.locator('[data-test=fault]').filter({ hasText: 'No column holds numbers' }).waitFor();
  await page.getByRole('button', { name: 'Back to what was guessed' }).click();
  assert.equal(await judged(page), digest);
  await context.close();
});

test('rows that come too often are gathered by hand, with their times or without', async () => {
  const { page, context, complaints } = await open(browser, server.origin);
  await choose(page, csv('waves.csv', table({ rows: 3000 }).text));
  await judged(page);
  assert.match(await fileSheet(page), /3,000 rows, one every 1 min,/);
  assert.equal(await chosen(page, 'frame'), 'as they come');
  await rejudge(page, () => page.locator('[data-test=frame]').selectOption({ label: '15 min' }));
  assert.deepEqual(await rows(page), ['200', '4']);
  assert.match(await page.locator('[data-test=note]').textContent(), /3,000 rows of the file, gathered by 15 min/);
  await rejudge(page, () => page.locator('[data-test=frame]').selectOption(''));
  assert.deepEqual(await rows(page), ['3,000', '4']);

  await page.locator('[data-test=home]').click();
  await choose(page, csv('column.txt', Array.from({ length: 5000 }, (_, row) => (row * 7919) % 31).join('\n')));
  await judged(page);
  await fileSheet(page);
  await rejudge(page, () => page.locator('[data-test=frame]').selectOption({ label: '10 rows' }));
  assert.deepEqual(await rows(page), ['500', '1']);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('an address opens a sample or a file beside the page, and nothing elsewhere', async () => {
  const { page, context, foreign } = await open(browser, server.origin);
  await page.goto(`${server.origin}/?sample=transactions`);
  await judged(page);
  assert.match(await page.locator('[data-test=file]').textContent(), /transactions sample/);
  await page.goto(`${server.origin}/?open=${encodeURIComponent('./samples/iot.csv.gz')}`);
  await judged(page);
  assert.match(await page.locator('[data-test=file]').textContent(), /iot\.csv\.gz/);
  await page.goto(`${server.origin}/?open=${encodeURIComponent('https://example.org/data.csv')}`);
  await page.locator('[data-test=fault]').filter({ hasText: 'Only files beside this page' }).waitFor();
  assert.deepEqual(foreign, []);
  await page.goto(`${server.origin}/?open=missing.csv`);
  await page.locator('[data-test=fault]').filter({ hasText: 'could not be loaded' }).waitFor();
  await context.close();
});

test('odd files: each gives a table, or a sentence with a way out', async () => {
  const { page, context, complaints } = await open(browser, server.origin);
  const stamps = Array.from({ length: 60 }, (_, row) => new Date(START + row * MINUTE).toISOString());
  const body = (line) => stamps.map((stamp, row) => line(stamp, row)).join('\n');
  const wide = Array.from({ length: 400 }, (_, place) => `c${place}`);
  const tables = [
    ['one row', 'time,a\n2024-01-01T00:00:00Z,1\n', '1 row, 1 stream'],
    ['Windows line ends, a mark at the start, decimal commas', `\ufeffZeit;Druck\r\n${body((stamp, row) => `${stamp};${row % 7},5\r`)}`, '60 rows, 1 stream'],
    ['days of a spreadsheet', `time,a\n${body((_, row) => `${45292 + row / 24},${row % 7}`)}`, '60 rows, 1 stream'],
    ['quotes with line ends', `time,a,note\n${body((stamp, row) => `${stamp},"${row % 7}","one\nand ""two"""`)}`, '60 rows, 1 stream'],
    ['a name twice', `time,a,a\n${body((stamp, row) => `${stamp},${row % 7},${row % 5}`)}`, '60 rows, 2 streams'],
    ['the time in the middle', `a,when,b\n${body((stamp, row) => `${row % 7},${stamp},${row % 5}`)}`, '60 rows, 2 streams'],
    ['nanoseconds', `ts,a\n${body((stamp, row) => `${Date.parse(stamp)}000000,${row % 7}`)}`, '60 rows, 1 stream'],
    ['a day and a clock', `date,clock,a\n${body((stamp, row) => `${stamp.slice(0, 10)},${stamp.slice(11, 19)},${row % 7}`)}`, '60 rows, 1 stream'],
    ['remarks and a separator that is named', `sep=;\n# a logger\ntime;a\n${body((stamp, row) => `${stamp};${row % 7}`)}`, '60 rows, 1 stream'],
    ['400 columns', `time,${wide}\n${body((stamp, row) => `${stamp},${wide.map((_, place) => (row + place) % 7)}`)}`, '60 rows, 32 streams'],
  ];
  for (const [name, text, size] of tables) {
    await choose(page, csv(`${name}.csv`, text));
    await page.locator('[data-test=file]').filter({ hasText: `${name}.csv${size}` }).waitFor();
    await judged(page);
  }
  const none = [
    ['empty', '', /The file is empty/],
    ['header', 'time,a,b\n', /no row that can be read/],
    ['words', 'name,city\nann,paris\n', /No column holds numbers/],
    ['web page', '<!doctype html><p>404</p>', /looks like a web page/],
    ['junk', Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 31) % 256)), /looks like a binary file/],
    ['half.csv.gz', gzipSync(Buffer.from(tables[1][1])).subarray(0, 100), /gzip file is damaged/],
  ];
  for (const [name, content, sentence] of none) {
    await choose(page, { ...csv(`${name}.csv`, ''), buffer: Buffer.from(content) });
    await page.locator('[data-test=fault]').filter({ hasText: sentence }).waitFor();
    assert.ok(await page.locator('[data-test=sample]').first().isVisible(), 'another way in is at hand');
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a zone by name: both changes of its clock, told by the rows or chosen by hand, over a reload and a link', async () => {
  const zone = 'Europe/Berlin';
  const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  const moments = [Date.UTC(2024, 2, 30), Date.UTC(2024, 9, 26)].flatMap((from) => Array.from({ length: 150 }, (_, row) => from + row * MINUTE * 30));
  const body = (write) => csv('plant.csv', `time,a,b\n${moments.map((at, row) => `${write(at)},${(row * 7) % 11},${(row * 5) % 13}`).join('\n')}\n`);
  const local = body((at) => wall.format(at));

  const far = await open(browser, server.origin, { timezoneId: 'Asia/Kolkata' });
  const { page } = far;
  await choose(page, local);
  await judged(page);
  assert.match(await fileSheet(page), /read as UTC\..*had the time of another/s, 'nobody guesses a zone from nothing');
  const offered = await page.locator('[data-test=zone] option').allTextContents();
  const here = await page.evaluate(() => new Intl.DateTimeFormat().resolvedOptions().timeZone);
  assert.deepEqual(offered.slice(0, 2), [here, 'UTC']);
  assert.ok(offered.includes('America/New York') && offered.includes('UTC+5:30'), `${offered.length} zones`);
  const digest = await rejudge(page, () => page.locator('[data-test=zone]').selectOption(zone));
  const note = await page.locator('[data-test=note]').textContent();
  assert.match(note, /300 rows.*read as Europe\/Berlin\./);
  assert.match(note, /4 rows lie in an hour that came twice/);
  assert.doesNotMatch(note, /merged|sorted|skips/);
  assert.match(await page.locator('[data-test=readout]').textContent(), /^30 Mar 2024, 01:00 – 29 Oct 2024, 03:30/);
  await page.reload();
  assert.equal(await judged(page), digest, 'a reload knows it');
  await page.locator('[data-test=tab-save]').click();
  const link = await page.locator('[data-test=share]').inputValue();
  assert.match(link, /Berlin/);
  assert.ok(link.length < 300, 'a name and no table');

  // The same moments, in UTC, on the same wall.
  await page.locator('[data-test=home]').click();
  await choose(page, body((at) => new Date(at).toISOString()));
  await judged(page);
  await fileSheet(page);
  assert.equal(await rejudge(page, () => page.locator('[data-test=zone]').selectOption(zone)), digest);
  // A session goes on by the clock that it has.
  await page.locator('[data-test=tab-save]').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-test=save-session]').click()]);
  await page.locator('[data-test=home]').click();
  await choose(page, await download.path());
  await page.locator('[data-test=resumed]').filter({ hasText: 'up to 29 Oct 2024, 03:30' }).waitFor();
  await choose(page, csv('rest.csv', `time,a,b\n2024-10-29 03:30,1,2\n2024-10-29 04:00,1,2\n2024-10-29 04:30,3,4\n`));
  await judged(page);
  assert.deepEqual(await rows(page), ['2', '2']);
  assert.match(await page.locator('[data-test=readout]').textContent(), /^29 Oct 2024, 04:00/);

  const near = await open(browser, server.origin, { timezoneId: zone });
  await choose(near.page, local);
  assert.equal(await judged(near.page), digest, 'its rows follow this device\'s clock');
  assert.match(await fileSheet(near.page), /read as Europe\/Berlin, whose changes its rows follow\./);
  assert.equal(await chosen(near.page, 'zone'), zone);
  await near.page.locator('[data-test=tab-save]').click();
  const theirLink = await near.page.locator('[data-test=share]').inputValue();
  const theirs = await open(browser, `${server.origin}/${new URL(theirLink).hash}`, { timezoneId: 'Asia/Kolkata' });
  await choose(theirs.page, local);
  assert.equal(await judged(theirs.page), digest, 'a link says what was guessed by the place');
  await theirs.context.close();
  const mars = encodeURIComponent('{"table":{"zone":"Mars/Olympus"}}');
  const lost = await open(browser, `${server.origin}/#settings=${mars}`);
  await choose(lost.page, local);
  await lost.page.locator('[data-test=fault]').filter({ hasText: 'does not know the time zone “Mars/Olympus”' }).waitFor();
  await lost.context.close();
  assert.deepEqual([...far.complaints, ...near.complaints], []);
  await near.context.close();
  await far.context.close();
});
