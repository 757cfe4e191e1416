// The way in. All that the Worker does is Rust (`src`); here is only what must outlive it.
//
// Rust never panics here, by its lints. Should WebAssembly trap all the same, its memory is given up: the next request
// begins with fresh memory and builds its objects again from what is stored. But whoever was waiting would wait for ever,
// since nobody is left to answer. They are answered here, at once; a stream ends, a socket is closed, and the platform
// hears that an alarm or a batch of messages failed, so that it tries again.

import worker, { Registry as RustRegistry, System as RustSystem } from "./build/index.js";

const LOST = Symbol("lost");
const waiting = new Set();

addEventListener("error", ({ error }) => {
  if (error instanceof WebAssembly.RuntimeError) for (const give of waiting) give(LOST);
});

/** What Rust does, or `LOST` once it can not any more. */
async function unlessLost(rust) {
  let give;
  const lost = new Promise((resolve) => (give = resolve));
  waiting.add(give);
  try {
    return await Promise.race([rust(), lost]);
  } catch (fault) {
    if (fault instanceof WebAssembly.RuntimeError) return LOST;
    throw fault;
  } finally {
    waiting.delete(give);
  }
}

/** What Rust answers, or that it can not any more. */
async function answered(rust) {
  const response = await unlessLost(rust);
  return response === LOST ? noAnswer() : ending(response);
}

/** What Rust does for the platform, which tries again what failed. */
async function done(rust) {
  if ((await unlessLost(rust)) === LOST) throw new Error("WebAssembly stopped in the middle of it");
}

/** As `Refusal::NoAnswer` in `src/refusal.rs`. */
const problem = {
  type: "/problems/system.no-answer",
  title: "The system did not answer",
  status: 503,
  detail: "the system did not answer in time: send the request again, nothing is counted twice",
  code: "system.no-answer",
};

function noAnswer() {
  return Response.json(problem, { status: 503, headers: { "content-type": "application/problem+json", "retry-after": "1" } });
}

/** What is said at the end of a stream that Rust can not go on with: a browser comes again for events by itself. */
const LAST_WORDS = {
  "text/event-stream": ": lost\n\n",
  "application/x-ndjson": `${JSON.stringify({ problem })}\n`,
};

/** A response that ends although Rust, which is at work on its body piece by piece, can not. */
function ending(response) {
  const { body, headers } = response;
  const lastWords = LAST_WORDS[headers.get("content-type")];
  if (!body || lastWords === undefined || headers.get("x-accel-buffering") !== "no") return response;
  const reader = body.getReader();
  const stream = new ReadableStream({
    async pull(to) {
      const next = await unlessLost(() => reader.read());
      if (next === LOST) to.enqueue(new TextEncoder().encode(lastWords));
      if (next === LOST || next.done) to.close();
      else to.enqueue(next.value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(stream, response);
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
      return done(() => this.#rust.alarm());
    }
    async webSocketMessage(socket, message) {
      if ((await unlessLost(() => this.#rust.webSocketMessage(socket, message))) === LOST) {
        socket.close(1011, "the message was not answered: send it again");
      }
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
  queue: (batch, env, context) => done(() => new worker(context, env).queue(batch)),
  scheduled: (event, env, context) => done(() => new worker(context, env).scheduled(event)),
};
