// Makes the icons that are pictures of www/icons/icon.svg, where a platform takes no SVG: node xtask/icons.mjs
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launchChromium } from "../tests/chromium.mjs";

const folder = fileURLToPath(new URL("../www/icons", import.meta.url));
const svg = readFileSync(`${folder}/icon.svg`, "utf8");
// A launcher cuts a maskable icon to its own shape: the ground runs to the edge, and the lines keep to the middle.
const whole = svg.replace(' rx="14"', "");
const maskable = whole.replace("<path ", '<path transform="translate(9.6 9.6) scale(.7)" ');

const browser = await launchChromium();
for (const [name, size, text] of [
  ["icon-192", 192, svg],
  ["icon-512", 512, svg],
  ["maskable-512", 512, maskable],
  ["apple-touch-icon", 180, whole],
]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: ${size}px }</style>${text}`);
  await page.screenshot({ path: `${folder}/${name}.png`, omitBackground: true });
  await page.close();
}
await browser.close();
