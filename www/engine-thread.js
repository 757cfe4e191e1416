// The engine's thread: everything else is in the wasm.
import init from './pkg/fourfold-web.js';
await init();
// It is complete now and never needs the network again: so that nothing can leave by it, its doors are closed. (A page's
// policy does not reach into its threads.)
for (const door of ['fetch', 'XMLHttpRequest', 'WebSocket', 'WebSocketStream', 'EventSource', 'WebTransport']) {
  Object.defineProperty(globalThis, door, { value: undefined });
}
