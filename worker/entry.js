// The way in. All that the Worker does is Rust (`src`); here is only what must outlive it.
//
// Rust never panics here, by its lints. Should WebAssembly trap all the same, its memory is given up: the next request
// begins with fresh memory and builds its objects again from what is stored. But whoever was waiting would wait for ever,
// since nobody is left to answer. They are answered here, at once.

import worker, { Registry as RustRegistry, System as RustSystem } from "./build/index.js";

const waiting = new Set();

addEventListener("error", ({ error }) => {
  if (error instanceof WebAssembly.RuntimeError) for (const give of waiting) give();
});

/** What Rust answers, or that it can not any more. */
async function answered(rust) {
  let give;
  const lost = new Promise((resolve) => (give = resolve));
  waiting.add(give);
  try {
    return (await Promise.race([rust(), lost])) ?? noAnswer();
  } catch (fault) {
    if (fault instanceof WebAssembly.RuntimeError) return noAnswer();
    throw fault;
  } finally {
    waiting.delete(give);
  }
}

/** As `Refusal::NoAnswer` in `src/refusal.rs`. */
function noAnswer() {
  const problem = {
    type: "/problems/system.no-answer",
    title: "The system did not answer",
    status: 503,
    detail: "the system did not answer in time: send the request again, nothing is counted twice",
    code: "system.no-answer",
  };
  return Response.json(problem, { status: 503, headers: { "content-type": "application/problem+json", "retry-after": "1" } });
}

/** An object whose requests are answered in any case. */
const answering = (Rust) =>
  class {
    #rust;
    constructor(state, env) {
      this.#rust = new Rust(state, env);
    }
    fetch(request) {
      return answered(() => this.#rust.fetch(request));
    }
    alarm() {
      return this.#rust.alarm();
    }
    webSocketMessage(...given) {
      return this.#rust.webSocketMessage(...given);
    }
    webSocketClose(...given) {
      return this.#rust.webSocketClose(...given);
    }
    webSocketError(...given) {
      return this.#rust.webSocketError(...given);
    }
  };

export const System = answering(RustSystem);
export const Registry = answering(RustRegistry);

export default {
  fetch: (request, env, context) => answered(() => new worker(context, env).fetch(request)),
  queue: (batch, env, context) => new worker(context, env).queue(batch),
  scheduled: (event, env, context) => new worker(context, env).scheduled(event),
};
