// Calls into the WebAssembly. What it refuses becomes an error of this package. Where it stops in the middle of
// something (a bug, or no memory left), nothing that it holds can be trusted: another instance takes its place.

import { FourfoldError, fromEngine } from "./error.js";
import { replace } from "./instance.js";

/** Runs a call. `rise` is asked for what is left to say once a fallen instance was replaced. */
export function guarded(call, rise = () => "try again") {
  try {
    return call();
  } catch (error) {
    throw isFall(error) ? fallen(error, rise) : fromEngine(error);
  }
}

/** A trap, or a stack that is full: both leave wasm memory in the middle of a change. */
function isFall(error) {
  return error instanceof WebAssembly.RuntimeError || (error instanceof RangeError && /stack/i.test(error.message));
}

function fallen(cause, rise) {
  let then;
  try {
    replace();
    then = rise();
  } catch (failure) {
    then = `it could not be started again (${failure.message}): load the page or the program anew`;
  }
  return new FourfoldError("engine.fell", `the engine stopped with "${cause.message}": ${then}`, { cause });
}
