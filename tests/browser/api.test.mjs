// The page of the API: it shows what the document says, on a desk and on a phone, and asks nobody but its own address.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launchChromium } from "../chromium.mjs";
import { folder, start } from "../workerd/local.mjs";

let browser;
before(async () => (browser = await launchChromium()));
after(() => browser.close());

test("the page of the API", async (t) => {
  const api = await start(t, folder(t));
  const document_ = await api.must("GET", "/openapi.json");
  const operations = Object.values(document_.paths).flatMap((item) => Object.values(item));
  for (const [width, height] of [[1280, 900], [360, 740]]) {
    const page = await browser.newPage({ viewport: { width, height } });
    const [said, asked] = [[], []];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (fault) => said.push(String(fault)));
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(`${api.origin}/docs#VerdictJson`);
    await page.waitForSelector("main:not([hidden])");
    assert.equal(await page.locator("section details").count(), operations.length);
    assert.ok(await page.locator("#VerdictJson table").isVisible(), "an address leads to a shape");
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(tooWide, 0, `${width} px`);
    await page.fill("input", "checkpoint");
    const left = await page.locator("section details:visible summary > code").allTextContents();
    assert.ok(left.length > 1 && left.length < 8 && left.every((path) => path.includes("models") || path.includes("compare")), left.join(" "));
    await page.goto(`${api.origin}/problems/frame.differs`);
    assert.match(await page.textContent("h1"), /frame\.differs/);
    assert.deepEqual(said, []);
    assert.ok(asked.every((url) => url.startsWith(`${api.origin}/`) || url.startsWith("data:")), asked.join(" "));
    await page.close();
  }
});
