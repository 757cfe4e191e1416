// Clocks on walls: from a local time to the moment.

import { FourfoldError } from "../error.js";

const HOUR = 3_600_000;
const OFFSET = /^([+-])(\d{2}):?(\d{2})$/;

/** A function from local milliseconds to those of UTC. `after` tells the two hours apart that a change of clocks repeats. */
export function zoneOf(name) {
  if (/^(utc|gmt|z)$/i.test(name)) return (local) => local;
  const offset = OFFSET.exec(name);
  if (offset) {
    const ms = (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000;
    return (local) => local - ms;
  }
  const offsetAt = offsetsOf(name);
  return (local, after = -Infinity) => {
    // The offset before a change and the one after it; they are the same but for a few hours a year.
    const early = local - offsetAt(local - 24 * HOUR);
    const late = local - offsetAt(local + 24 * HOUR);
    const fits = (moment) => moment + offsetAt(moment) === local;
    if (fits(early) && (early > after || !fits(late))) return early;
    return late;
  };
}

/** Milliseconds that a zone is ahead of UTC, at any moment. */
function offsetsOf(name) {
  const format = formatOf(name);
  const known = new Map();
  return (moment) => {
    const hour = Math.floor(moment / HOUR);
    if (!known.has(hour)) {
      if (known.size > 1000) known.clear();
      known.set(hour, offsetOf(format, hour * HOUR));
    }
    return known.get(hour);
  };
}

function formatOf(timeZone) {
  const parts = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", era: "short", ...parts });
  } catch {
    throw new FourfoldError("csv.unknown-zone", `there is no zone ${JSON.stringify(timeZone)}: say UTC, +02:00 or Europe/Berlin`);
  }
}

function offsetOf(format, moment) {
  const said = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(said.year, said.month - 1, said.day, said.hour, said.minute, said.second) - moment;
}
