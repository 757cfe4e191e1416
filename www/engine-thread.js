// The engine's thread: everything else is in the wasm, which the page hands over.
import init from './pkg/fourfold-web.js';
const engine = await new Promise((come) => {
  onmessage = ({ data }) => come(data);
});
await init({ module_or_path: engine });
// It is complete now and never needs the network again: so that nothing can leave by it, its doors are closed. (The page's
// policy holds here as well, and stops what has no door.)
for (const door of ['fetch', 'XMLHttpRequest', 'WebSocket', 'WebSocketStream', 'EventSource', 'WebTransport']) {
  Object.defineProperty(globalThis, door, { value: undefined });
}
