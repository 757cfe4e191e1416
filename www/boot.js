// Starts the page; says so in a sentence if that is not possible. Whoever is faster than the app is not kept waiting: what
// they choose or drop is taken as soon as it is here.
const shell = document.getElementById('boot');
const note = document.getElementById('boot-note');
let wish = () => {};
let isHere = false;

const take = (what, act) => {
  note.textContent = what;
  wish = act;
  // The dialog for files may have been open until after the app came.
  if (isHere) act();
};
const hand = (files) => {
  const transfer = new DataTransfer();
  transfer.items.add(files[0]);
  take(`Opening ${files[0].name}…`, () => {
    const input = document.querySelector('input[type=file]');
    input.files = transfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
};
const picked = document.getElementById('boot-file');
const drop = (event) => {
  event.preventDefault();
  if (event.type === 'drop' && event.dataTransfer.files.length > 0) hand(event.dataTransfer.files);
};
picked.addEventListener('change', () => picked.files.length > 0 && hand(picked.files));
const listen = () => take('Starting, then listening…', () => document.querySelector('[data-test=live]').click());
document.getElementById('boot-live').addEventListener('click', listen);
if (window.isLiveWished) listen();
if (picked.files.length > 0) hand(picked.files);
for (const event of ['dragover', 'drop']) addEventListener(event, drop);

// The first screen comes first: the app's weight shares no line with it, and it is not taken away before it was shown.
const painted = new Promise((resolve) => {
  if (document.hidden) resolve();
  new PerformanceObserver(resolve).observe({ type: 'paint', buffered: true });
  setTimeout(resolve, 3000);
});

try {
  await painted;
  const engine = fetch(new URL('./pkg/fourfold-web_bg.wasm', import.meta.url));
  const { default: init } = await import('./pkg/fourfold-web.js');
  await init({ module_or_path: engine });
  for (const event of ['dragover', 'drop']) removeEventListener(event, drop);
  shell.remove();
  isHere = true;
  wish();
  await import('./offline.js');
} catch (error) {
  note.textContent =
    'Fourfold could not start. It needs a browser with WebAssembly SIMD (Chrome 91, Firefox 89, Safari 16.4 or newer). ' +
    `If yours is newer, reload the page. (${error.message})`;
}
