// What every entry gives.

export { Engine } from "./engine.js";
export { FourfoldError } from "./error.js";
export { init } from "./instance.js";
export * as presets from "./presets.js";
