// Sealed engines that are kept, and the way back to the newest one that is sound. The bytes live here and not in wasm
// memory, which they are to outlive.

import { Engine } from "./engine.js";
import { FourfoldError } from "./error.js";
import { describe } from "./glue.js";
import { guarded } from "./guard.js";
import { init } from "./instance.js";
import { milliseconds } from "./numbers.js";

const KEY = Symbol("history");
/** What damaged bytes say of themselves. */
const NOTHING = { format: null, schema: null, frames: null };

export class History {
  #kept = [];
  #most;
  #newest = 0;

  constructor(key, most) {
    if (key !== KEY) throw new TypeError("use `await History.create(most)`");
    this.#most = most;
  }

  static async create(most = 10) {
    await init();
    return new History(KEY, Math.max(1, Math.trunc(most) || 1));
  }

  keep(bytes, { at = Date.now(), note = "" } = {}) {
    if (this.#kept.length === this.#most) this.#kept.shift();
    this.#newest++;
    // Bytes of one's own: the caller may hand theirs over to a thread.
    this.#kept.push({ version: this.#newest, at: milliseconds(at), note: String(note), bytes: Uint8Array.from(bytes) });
    return this.#newest;
  }

  list() {
    return this.#kept.map(({ version, at, note, bytes }) => ({ version, at, note, ...said(bytes), bytes: bytes.length }));
  }

  bytes(version) {
    return this.#find(version).bytes.slice();
  }

  open(version) {
    return Engine.open(this.#find(version).bytes);
  }

  async openNewestSound() {
    const refused = [];
    for (const { version, bytes } of [...this.#kept].reverse()) {
      try {
        return { version, engine: await Engine.open(bytes), refused };
      } catch (error) {
        refused.push({ version, error });
      }
    }
    return { version: null, engine: null, refused };
  }

  #find(version) {
    const kept = this.#kept.find((one) => one.version === version);
    if (kept) return kept;
    const there = this.#kept.map((one) => one.version).join(", ") || "none";
    throw new FourfoldError("history.unknown-version", `version ${version} is not kept: there is ${there}`);
  }
}

function said(bytes) {
  try {
    return guarded(() => describe(bytes));
  } catch (error) {
    if (error instanceof FourfoldError && error.code.startsWith("snapshot.")) return NOTHING;
    throw error;
  }
}
