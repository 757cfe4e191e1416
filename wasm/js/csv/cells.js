// Lines and cells as text: quotes, separators, line ends.

const QUOTE = 0x22;
const LINE_END = 0x0a;
const RETURN = 0x0d;
const BLANK = 0x20;
/** Comma, semicolon, tab, bar. */
const SEPARATORS = [0x2c, 0x3b, 0x09, 0x7c];

/** Finds the ends of records in a piece of bytes. */
export class Ends {
  #bytes;
  #length;
  /** The next quote, so that a piece without any is not searched for one again and again. */
  #quote = -1;

  constructor(bytes, length = bytes.length) {
    this.#bytes = bytes;
    this.#length = length;
  }

  /** Where the record that begins at `from` ends: the place of its line end, -1 if that is still to come. */
  after(from) {
    const end = this.#place(LINE_END, from);
    return this.hasQuotes(from, end) ? this.#afterQuotes(from) : end;
  }

  /** Whether there is a quote between two places. */
  hasQuotes(from, end) {
    if (this.#quote < from) {
      const quote = this.#place(QUOTE, from);
      this.#quote = quote < 0 ? Infinity : quote;
    }
    return end < 0 ? this.#quote < Infinity : this.#quote < end;
  }

  #place(byte, from) {
    const place = this.#bytes.indexOf(byte, from);
    return place < this.#length ? place : -1;
  }

  /** A quote opens a cell at its beginning only: elsewhere it is one of the letters, such as the inches of 5". */
  #afterQuotes(from) {
    let isQuoted = false;
    let isBeginning = true;
    for (let at = from; at < this.#length; at++) {
      const byte = this.#bytes[at];
      if (byte === QUOTE && (isQuoted || isBeginning)) isQuoted = !isQuoted;
      else if (byte === LINE_END && !isQuoted) return at;
      // After a quote that closes, another one is the second of a pair, which stands for one.
      isBeginning = byte === QUOTE || SEPARATORS.includes(byte) || (isBeginning && byte === BLANK);
    }
    return -1;
  }
}

/** A record without the line end, as text. */
export function textOf(bytes, from, end) {
  const isWindows = end > from && bytes[end - 1] === RETURN;
  return new TextDecoder().decode(bytes.subarray(from, isWindows ? end - 1 : end));
}

/** The cells of a record, trimmed and without their quotes. */
export function cellsOf(record, separator) {
  const cells = [];
  let isQuoted = false;
  let start = 0;
  for (let at = 0; at <= record.length; at++) {
    const letter = record[at];
    if (letter === '"' && (isQuoted || /^\s*("|$)/.test(record.slice(start, at)))) isQuoted = !isQuoted;
    else if (letter === undefined || (letter === separator && !isQuoted)) {
      cells.push(unquoted(record.slice(start, at).trim()));
      start = at + 1;
    }
  }
  return cells;
}

const unquoted = (cell) =>
  cell.length > 1 && cell.startsWith('"') && cell.endsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;

/** The separator that a header uses most, outside of quotes. The first of equals wins: no separator is one column. */
export function separatorOf(header) {
  let best = ",";
  let most = 1;
  for (const separator of [",", ";", "\t", "|"]) {
    const count = cellsOf(header, separator).length;
    if (count > most) [best, most] = [separator, count];
  }
  return best;
}
