// The engine's thread: everything else is in the wasm.
import init from './pkg/fourfold-engine-thread.js';
await init();
