// Times as people write them in tables.

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const NUMERIC = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:(?:[Tt]|,?\s+)(.+))?$/;
const DAY_AND_NAME = /^(?:[a-z]{3,9},?\s+)?(\d{1,2})[-\s.]+([a-z]{3,9})\.?[-\s,]+(\d{2,4})(?:,?\s+(.+))?$/i;
const NAME_AND_DAY = /^(?:[a-z]{3,9},?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{2,4})(?:,?\s+(?:at\s+)?(.+))?$/i;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]m?)?\s*(z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?$/i;

const MINUTE = 60_000;
/** 1990 to 2100, so that a count of bytes is not taken for a moment. */
const OUR_DAYS = [631_152_000, 4_102_444_800];

/** The ways to read a date of three numbers, and what people call them. */
export const ORDERS = { ymd: "year-month-day", dmy: "day/month/year", mdy: "month/day/year" };
const PLACES = { ymd: [0, 1, 2], dmy: [2, 1, 0], mdy: [2, 0, 1] };

/** Counts since 1970 by how many make a second. */
export const UNITS = { seconds: 1, milliseconds: 1e3, microseconds: 1e6, nanoseconds: 1e9 };

/**
 * The local milliseconds of a text, and its minutes ahead of UTC if it says so; undefined for what is no time. `order`
 * is one of `ORDERS`; a date with the month's name needs none.
 */
export function timeOf(text, order) {
  const [, first, , second, third, numericClock] = NUMERIC.exec(text) ?? [];
  if (first !== undefined) {
    const fields = [first, second, third];
    // Four digits in front are a year whatever the others are.
    const [year, month, day] = PLACES[first.length > 2 ? "ymd" : order].map((place) => fields[place]);
    return moment(yearOf(year), Number(month), Number(day), numericClock);
  }
  const [, day, name, year, clock] = DAY_AND_NAME.exec(text) ?? swapped(NAME_AND_DAY.exec(text)) ?? [];
  const month = MONTHS.indexOf(name?.slice(0, 3).toLowerCase()) + 1;
  return month > 0 ? moment(yearOf(year), month, Number(day), clock) : undefined;
}

const swapped = (match) => match && [match[0], match[2], match[1], match[3], match[4]];

/** A year of two digits is one of the last or the next seventy years. */
function yearOf(digits) {
  const year = Number(digits);
  return digits.length > 2 ? year : year + (year < 70 ? 2000 : 1900);
}

function moment(year, month, day, clock) {
  const midnight = Date.UTC(year, month - 1, day);
  const date = new Date(midnight);
  if (year < 1000 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (clock === undefined) return { local: midnight };
  const [isClock, hourText, minute, second = "0", fraction = "0", half, zone] = CLOCK.exec(clock.trim()) ?? [];
  if (!isClock) return undefined;
  const hour = half ? (Number(hourText) % 12) + (/^p/i.test(half) ? 12 : 0) : Number(hourText);
  if (hour > 24 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const seconds = (hour * 60 + Number(minute)) * 60 + Number(second);
  const local = midnight + seconds * 1000 + Number(fraction.padEnd(3, "0").slice(0, 3));
  return { local, ahead: aheadOf(zone) };
}

function aheadOf(zone) {
  if (zone === undefined) return undefined;
  const [, sign, hours, minutes = "0"] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [, "+", "0"];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

export const utcOf = ({ local, ahead }) => local - ahead * MINUTE;

/** The orders in which every one of these texts is a time, as far as people write so. */
export function ordersOf(texts) {
  const fits = (order) => texts.every((text) => timeOf(text, order));
  // A year in front, or a month by its name, leaves no choice, and points are put where the day comes first.
  if (texts.every((text) => !/^\d{1,2}[-/.]\d{1,2}[-/.]/.test(text))) return fits("ymd") ? ["ymd"] : [];
  if (texts.every((text) => /^\d{1,2}\./.test(text)) && fits("dmy")) return ["dmy"];
  return Object.keys(ORDERS).filter(fits);
}

/** The unit in which numbers are moments of our days. */
export function unitOf(numbers) {
  const fits = (perSecond) => numbers.every((x) => x / perSecond >= OUR_DAYS[0] && x / perSecond < OUR_DAYS[1]);
  return Object.keys(UNITS).find((unit) => fits(UNITS[unit]));
}

/** Midnights by date, for rows that come by the thousand a day; NaN for what is no date. */
export function midnights() {
  let lastKey = -1;
  let lastDay = NaN;
  return (year, month, day) => {
    const key = (year * 16 + month) * 32 + day;
    if (key !== lastKey) {
      const midnight = Date.UTC(year, month - 1, day);
      const isDate = new Date(midnight).getUTCDate() === day && month >= 1 && month <= 12;
      [lastKey, lastDay] = [key, isDate ? midnight : NaN];
    }
    return lastDay;
  };
}
