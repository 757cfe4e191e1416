// One number for everything that a verdict says; the twin of xtask/src/golden/digest.rs, which says why.

const TAG = 0x7ff8f04d;
const [NULL, FALSE, TRUE, LIST, OBJECT, NAN] = [1, 2, 3, 4, 5, 6];

const float = new Float64Array(1);
const [LOW, HIGH] = [0, 1]; // Every target that we have is little-endian.
const halves = new Uint32Array(float.buffer);
const texts = new Map();

const rotate = (x, by) => (x << by) | (x >>> (32 - by));
const hex = (word) => (word >>> 0).toString(16).padStart(8, "0");

/** The bits of a number as sixteen hexadecimal digits. */
export function bitsOf(x) {
  float[0] = x;
  return hex(halves[HIGH]) + hex(halves[LOW]);
}

export class Digest {
  #low = 0x9e3779b9;
  #high = 0x7f4a7c15;

  #stir(low, high) {
    this.#low = (rotate(Math.imul(this.#low ^ low, 0x85ebca6b), 13) + this.#high) | 0;
    this.#high = (rotate(Math.imul(this.#high ^ high, 0xc2b2ae35), 16) + this.#low) | 0;
  }

  number(x) {
    if (Number.isNaN(x)) return this.#stir(NAN, TAG);
    float[0] = x;
    this.#stir(halves[LOW], halves[HIGH]);
  }

  nothing() {
    this.#stir(NULL, TAG);
  }

  #text(text) {
    let own = texts.get(text);
    if (own === undefined) {
      own = new Digest();
      for (const byte of new TextEncoder().encode(text)) own.#stir(byte, TAG);
      texts.set(text, own);
    }
    this.#stir(own.#low, own.#high);
  }

  value(value) {
    if (value === null) this.nothing();
    else if (typeof value === "boolean") this.#stir(value ? TRUE : FALSE, TAG);
    else if (typeof value === "number") this.number(value);
    else if (typeof value === "string") this.#text(value);
    else if (Array.isArray(value)) {
      this.#stir(LIST, TAG);
      this.number(value.length);
      for (const item of value) this.value(item);
    } else if (typeof value === "object") {
      this.#stir(OBJECT, TAG);
      const names = Object.keys(value).sort();
      this.number(names.length);
      for (const name of names) {
        this.#text(name);
        this.value(value[name]);
      }
    } else throw new TypeError(`a verdict can not hold ${typeof value}`);
  }

  bytes(bytes) {
    this.number(bytes.length);
    for (let at = 0; at < bytes.length; at += 4) {
      this.#stir(bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24), TAG);
    }
  }

  hex() {
    return hex(this.#high) + hex(this.#low);
  }
}
