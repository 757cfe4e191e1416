// Browsers, and whatever else can fetch a file beside a module. Bundlers know this way of naming an asset. The worker is
// one of them: a whole program in one file, so that nobody has to bundle it.

import { provide } from "./instance.js";

const RULES = { createScriptURL: (address) => address };

provide(
  () => new URL("./fourfold.wasm", import.meta.url),
  () => {
    const address = new URL("./worker.js", import.meta.url).href;
    // A page that wants to know where its scripts come from lets this one in by the name of its policy.
    const policy = globalThis.trustedTypes?.createPolicy("fourfold", RULES);
    return new Worker(policy ? policy.createScriptURL(address) : address, { type: "module" });
  },
);

export * from "./api.js";
