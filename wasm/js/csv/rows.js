// From bytes to rows of numbers. Plain cells are read digit by digit where they lie; whatever else people write goes
// through text.

import { cellsOf, textOf } from "./cells.js";
import { isMissing, numberOf } from "./number.js";
import { TIME, momentOf } from "./shape.js";
import { midnights } from "./time.js";

/** Ten to the power of the place. A number of 15 digits divided by one of them is the nearest there is. */
const POWERS = Float64Array.from({ length: 16 }, (_, place) => Number(`1e${place}`));
const DIGITS_MAX = 15;
const [BLANK, MINUS, RETURN] = [0x20, 0x2d, 0x0d];
/** Lines of which the report shows the text. */
const SHOWN_LINES = 5;
const SHOWN_LETTERS = 120;
/** Rows without a time are so far apart. */
const STEP_MS = 1000;

const isDigit = (byte) => byte >= 0x30 && byte <= 0x39;

export class Rows {
  #shape;
  #capacity;
  #separator;
  #point;
  #midnight = midnights();
  #times;
  #rows;
  #count = 0;
  /** The newest time that was given away. */
  #last = -Infinity;
  #number = 0;
  /** Where the last number or time ended. */
  #at = 0;
  #missing = 0;
  #unreadable = 0;
  report = { rows: 0, badRows: 0, badLines: [], outOfOrder: 0, merged: 0, missingCells: 0, unreadableCells: 0 };

  constructor(shape, capacity) {
    this.#shape = shape;
    this.#capacity = Math.max(2, capacity);
    this.#separator = shape.separator.charCodeAt(0);
    this.#point = shape.decimal.charCodeAt(0);
    this.#renew();
  }

  get isFull() {
    return this.#count === this.#capacity;
  }

  /** What was read since the last call. The newest row stays, unless it is the last: the next one may belong to it. */
  batch(isLast) {
    const width = this.#shape.streams.length;
    const count = isLast ? this.#count : this.#count - 1;
    if (count <= 0) return undefined;
    const batch = { times: this.#times.subarray(0, count), rows: this.#rows.subarray(0, count * width) };
    const kept = this.#count - count;
    this.#last = this.#times[count - 1];
    const [time, row] = [this.#times[count], this.#rows.subarray(count * width, this.#count * width)];
    this.#renew();
    if (kept) {
      this.#times[0] = time;
      this.#rows.set(row);
      this.#count = kept;
    }
    return batch;
  }

  /** Takes the record between two places. */
  take(bytes, from, end, line, hasQuotes) {
    const { streams, width } = this.#shape;
    const base = this.#count * streams.length;
    this.#rows.fill(NaN, base, base + streams.length);
    this.#missing = this.#unreadable = 0;
    const stop = end > from && bytes[end - 1] === RETURN ? end - 1 : end;
    if (stop === from) return;
    this.#number = this.#shape.time ? NaN : STEP_MS * (this.report.rows + this.report.badRows);
    const cells = hasQuotes ? this.#quoted(textOf(bytes, from, end), base) : this.#plain(bytes, from, stop, base);
    const why =
      cells !== width ? `${cells} cells instead of ${width}` : Number.isNaN(this.#number) ? "no time" : undefined;
    if (why) {
      this.report.badRows++;
      this.#show(bytes, from, end, line, why);
    } else {
      this.#keep(base, () => this.#show(bytes, from, end, line, "earlier than the row before"));
    }
  }

  #keep(base, showEarlier) {
    const time = this.#number;
    const before = this.#before();
    this.report.missingCells += this.#missing;
    this.report.unreadableCells += this.#unreadable;
    if (time > before) {
      this.#times[this.#count++] = time;
      this.report.rows++;
    } else if (time === before && this.#count > 0) {
      this.#merge(base, this.#shape.streams.length);
    } else {
      this.report.outOfOrder++;
      showEarlier();
    }
  }

  /** Two rows of one time are one: of two values the later counts. */
  #merge(base, width) {
    for (let at = base; at < base + width; at++) {
      const value = this.#rows[at];
      if (!Number.isNaN(value)) this.#rows[at - width] = value;
    }
    this.report.merged++;
  }

  #renew() {
    this.#times = new Float64Array(this.#capacity);
    this.#rows = new Float64Array(this.#capacity * this.#shape.streams.length);
    this.#count = 0;
  }

  /** Reads a record without quotes; answers how many cells it has. */
  #plain(bytes, from, end, base) {
    const { roles, time } = this.#shape;
    const separator = this.#separator;
    let at = from;
    for (let column = 0; ; column++) {
      const role = roles[column];
      if (role >= 0) {
        this.#rows[base + role] = this.#cell(bytes, at, end);
        at = this.#at;
      } else if (role === TIME) {
        this.#number = time.kind === "text" ? this.#moment(bytes, at, end) : this.#epoch(bytes, at, end);
        at = this.#at;
      } else {
        while (at < end && bytes[at] !== separator) at++;
      }
      if (at >= end) return column + 1;
      at++;
    }
  }

  #quoted(record, base) {
    const { roles, separator, decimal } = this.#shape;
    const cells = cellsOf(record, separator);
    for (const [column, text] of cells.entries()) {
      if (roles[column] >= 0) this.#rows[base + roles[column]] = this.#valueOf(text, decimal);
      else if (roles[column] === TIME) this.#number = momentOf(text, this.#shape.time, this.#before());
    }
    return cells.length;
  }

  #before() {
    return this.#count > 0 ? this.#times[this.#count - 1] : this.#last;
  }

  /** The number of the cell that begins at `at`, NaN for none. */
  #cell(bytes, at, end) {
    const value = this.#digits(bytes, at, end, this.#point);
    return value === undefined ? this.#valueOf(this.#text(bytes, at, end), this.#shape.decimal) : value;
  }

  #epoch(bytes, at, end) {
    const value = this.#digits(bytes, at, end, 0x2e);
    if (value !== undefined) return Math.round((value / this.#shape.time.perSecond) * 1000);
    return momentOf(this.#text(bytes, at, end), this.#shape.time);
  }

  /** A number of few digits, exactly; NaN and counted where the cell is empty; undefined for whatever else it is. */
  #digits(bytes, from, end, point) {
    let at = from;
    while (bytes[at] === BLANK && at < end) at++;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    const first = at;
    let number = 0;
    let digit = bytes[at] - 0x30;
    while (digit >= 0 && digit <= 9 && at < end) {
      number = number * 10 + digit;
      digit = bytes[++at] - 0x30;
    }
    let digits = at - first;
    let fraction = 0;
    if (bytes[at] === point && at < end && digits > 0) {
      const start = ++at;
      digit = bytes[at] - 0x30;
      while (digit >= 0 && digit <= 9 && at < end) {
        number = number * 10 + digit;
        digit = bytes[++at] - 0x30;
      }
      fraction = at - start;
      digits += fraction;
    }
    while (bytes[at] === BLANK && at < end) at++;
    if (at < end && bytes[at] !== this.#separator) return undefined;
    this.#at = at;
    if (digits === 0) {
      if (isNegative) return undefined;
      this.#missing++;
      return NaN;
    }
    if (digits > DIGITS_MAX) return undefined;
    const value = fraction === 0 ? number : number / POWERS[fraction];
    return isNegative ? -value : value;
  }

  /** The moment of a cell such as 2024-02-29T12:30:00.250Z, or of any other that people write. */
  #moment(bytes, from, end) {
    const two = (at) => (isDigit(bytes[at]) && isDigit(bytes[at + 1]) ? (bytes[at] - 0x30) * 10 + bytes[at + 1] - 0x30 : NaN);
    const isDate = bytes[from + 4] === MINUS && bytes[from + 7] === MINUS;
    const isClock = bytes[from + 13] === 0x3a && bytes[from + 16] === 0x3a && from + 19 <= end;
    if (isDate && isClock && (bytes[from + 10] === 0x54 || bytes[from + 10] === BLANK)) {
      const [hour, minute, second] = [two(from + 11), two(from + 14), two(from + 17)];
      let at = from + 19;
      let ms = 0;
      if (bytes[at] === 0x2e && at < end) {
        for (let scale = 100; isDigit(bytes[++at]) && at < end; scale /= 10) ms += Math.floor(scale) * (bytes[at] - 0x30);
      }
      const isUtc = bytes[at] === 0x5a && at < end;
      if (isUtc) at++;
      if ((at === end || bytes[at] === this.#separator) && hour < 24 && minute < 60 && second <= 60) {
        this.#at = at;
        const day = this.#midnight(two(from) * 100 + two(from + 2), two(from + 5), two(from + 8));
        const local = day + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
        return isUtc ? local : this.#shape.time.toUtc(local, this.#before());
      }
    }
    return momentOf(this.#text(bytes, from, end), this.#shape.time, this.#before());
  }

  #text(bytes, from, end) {
    let at = from;
    while (at < end && bytes[at] !== this.#separator) at++;
    this.#at = at;
    return textOf(bytes, from, at).trim();
  }

  #valueOf(text, decimal) {
    const value = isMissing(text) ? NaN : numberOf(text, decimal);
    if (value !== undefined && Number.isFinite(value)) return value;
    if (value !== undefined && Number.isNaN(value)) this.#missing++;
    else this.#unreadable++;
    return NaN;
  }

  #show(bytes, from, end, line, why) {
    const { badLines } = this.report;
    if (badLines.length < SHOWN_LINES) badLines.push({ line, why, text: textOf(bytes, from, end).slice(0, SHOWN_LETTERS) });
  }
}
