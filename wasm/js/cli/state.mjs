// What was learned, in a file.

import { readFile, rename, writeFile } from "node:fs/promises";
import { Engine } from "../node.mjs";

/** Between two savings while data comes in. */
const EVERY_MS = 60_000;

export class State {
  engine;
  #file;
  #kept = Date.now();

  constructor(file) {
    this.#file = file;
    if (file === undefined) return;
    for (const signal of ["SIGINT", "SIGTERM"]) {
      process.once(signal, () => this.keep().finally(() => process.exit(0)));
    }
  }

  /** The engine that was kept; none, if there is no such file yet. */
  async open() {
    if (this.#file === undefined) return undefined;
    const bytes = await readFile(this.#file).catch((error) => {
      if (error.code !== "ENOENT") throw error;
    });
    this.engine = bytes && (await Engine.open(bytes));
    return this.engine;
  }

  async keepNowAndThen() {
    if (Date.now() - this.#kept > EVERY_MS) await this.keep();
  }

  /** Writes beside the file first: whoever pulls the plug finds the one or the other whole. */
  async keep() {
    if (this.#file === undefined || this.engine === undefined) return;
    const beside = `${this.#file}.${process.pid}`;
    await writeFile(beside, this.engine.seal());
    await rename(beside, this.#file);
    this.#kept = Date.now();
  }
}
