// Starts the page; says so in a sentence if that is not possible.
const note = document.getElementById('boot');
try {
  const { default: init } = await import('./pkg/fourfold-web.js');
  await init();
  note.remove();
  await import('./offline.js');
} catch (error) {
  note.textContent =
    'Fourfold could not start. It needs a browser with WebAssembly SIMD (Chrome 91, Firefox 89, Safari 16.4 or newer). ' +
    `If yours is newer, reload the page. (${error.message})`;
}
