// Every JavaScript example of the package's README runs as it stands.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { project, run } from "./project.mjs";

test("the README's examples run", async () => {
  const folder = await project({});
  const readme = await readFile(join(folder, "node_modules/fourfold/README.md"), "utf8");
  const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);
  const said = [];
  for (const code of examples) said.push(await run("node", ["--input-type=module", "--eval", code], folder));
  assert.equal(said.length, 7);
  assert.match(said[0], /^abnormal at 500: 0\.99.*\n\[\n.*stream: 'temperature'/s);
  assert.match(said[1], /Float64Array\(300\).*Uint8Array\(300\).*Float64Array\(1200\).*from_silence: false/s);
  assert.match(said[2], /^1 revised\n1 \[.*'final'/s);
  assert.match(said[3], /^3 frames\n\{\n {2}column: 'when',.*zone: 'Europe\/Berlin',.*line: 5, why: '1 cells instead of 2', text: 'broken line'/s);
  assert.equal(said[4], "done\ntrue\n");
  assert.match(said[5], /^pump fell to 4 at 06:30, with flow.* 0\.[3-9]\d*\n06:30: pump fell to 4\n06:31: flow fell to 1\n/);
  assert.match(said[6], /^frame\.time-went-back 0\n\[\]\n$/);
});
