// The engine's thread: everything else is in the wasm, which the page hands over.
import init from './pkg/fourfold-web.js';
const engine = await new Promise((come) => {
  onmessage = ({ data }) => come(data);
});
await init({ module_or_path: engine });
// It is complete now and never needs the network again: so that nothing can leave by it, its doors are closed, wherever they
// hang, and those of what it could start. (The page's policy holds here as well and stops the rest; but the page that may
// connect to a Worker has a wider one.)
const doors = ['fetch', 'XMLHttpRequest', 'WebSocket', 'WebSocketStream', 'EventSource', 'WebTransport', 'Worker', 'caches'];
const close = (place, door) => Object.defineProperty(place, door, { value: undefined, configurable: false });
for (const door of doors) {
  for (let place = globalThis; place; place = Object.getPrototypeOf(place)) {
    if (place === globalThis || Object.hasOwn(place, door)) close(place, door);
  }
}
for (const door of ['add', 'addAll']) if (globalThis.Cache) close(Cache.prototype, door);
