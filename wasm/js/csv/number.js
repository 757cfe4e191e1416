// Numbers as people write them in tables.

const MISSING = new Set(["", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", "?"]);
const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** "1,234" and "12,345,678": groups of three, and nothing that tells them from a fraction of three digits. */
const GROUPED = { ",": /^[+-]?\d{1,3}(,\d{3})+$/, ".": /^[+-]?\d{1,3}(\.\d{3})+$/ };

export const isMissing = (text) => MISSING.has(text.toLowerCase());

/** Thousands that are set apart, by the sign before the fraction. */
const THOUSANDS = { ".": /^[+-]?\d{1,3}([,'\s]\d{3})+(\.\d*)?$/, ",": /^[+-]?\d{1,3}([.'\s]\d{3})+(,\d*)?$/ };
const MARKS = { ".": /[,'\s]/g, ",": /[.'\s]/g };

/** The number of a cell; undefined for what is none. `decimal` is the sign before the fraction. */
export function numberOf(text, decimal) {
  const whole = THOUSANDS[decimal].test(text) ? text.replace(MARKS[decimal], "") : text;
  const plain = decimal === "," ? whole.replace(",", ".") : whole;
  return PLAIN.test(plain) ? Number(plain) : undefined;
}

/**
 * How the fractions of these cells are set off: "." or ","; undefined where both readings are possible and differ. In a
 * table that separates its cells by commas, a comma inside of one is quoted, and rare enough to be a group.
 */
export function decimalOf(cells, separator) {
  let hasGroups = false;
  for (const text of cells) {
    const [comma, point] = [text.lastIndexOf(","), text.lastIndexOf(".")];
    if (comma < 0) {
      if (point >= 0 && PLAIN.test(text) && !GROUPED["."].test(text)) return ".";
      continue;
    }
    if (numberOf(text, ",") === undefined && numberOf(text, ".") === undefined) continue;
    if (point >= 0) return comma > point ? "," : ".";
    if (!GROUPED[","].test(text)) return ",";
    hasGroups = true;
  }
  if (!hasGroups) return ".";
  return separator === "," ? "." : undefined;
}
