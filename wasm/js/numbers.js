// Times and values as people have them, as the numbers that the engine takes. JavaScript would turn "12", true and
// null into numbers without a word; here only a number is one, and null or undefined is a gap.

import { FourfoldError } from "./error.js";

/** Milliseconds of a number or a Date. What is neither becomes NaN, which the engine refuses in its own words. */
export function milliseconds(time) {
  if (typeof time === "number") return time;
  return time instanceof Date ? time.getTime() : NaN;
}

/** A value or a gap. */
export function measured(value, stream, at) {
  if (typeof value === "number") return value;
  if (value === null || value === undefined) return NaN;
  const message = `the value of \`${stream}\` is ${spelled(value)}: send a number, or null for what is missing`;
  throw new FourfoldError("frame.not-a-number", message, { stream, at });
}

/** The times of a batch. */
export function timesOf(times) {
  return times instanceof Float64Array ? times : Float64Array.from(listed(times, "times"), milliseconds);
}

/** The rows of a batch, one after the other. */
export function rowsOf(rows, names, times) {
  if (rows instanceof Float64Array) return rows;
  return Float64Array.from(listed(rows, "rows"), (value, place) =>
    typeof value === "number"
      ? value
      : measured(value, names[place % names.length], times[Math.floor(place / names.length)] ?? null),
  );
}

/** Events as three lists, with places for names. `unknown` words the error for a name that the schema does not have. */
export function eventsOf(events, places, unknown) {
  if (!Array.isArray(events)) {
    throw new FourfoldError("event.not-an-event", `the events are ${spelled(events)}: send an array of { stream, t, value }`);
  }
  const streams = new Uint32Array(events.length);
  const times = new Float64Array(events.length);
  const values = new Float64Array(events.length);
  for (let at = 0; at < events.length; at++) {
    const { stream, t, value } = events[at] ?? {};
    const place = places.get(stream);
    times[at] = milliseconds(t);
    if (place === undefined) throw unknown(times[at], String(stream));
    streams[at] = place;
    values[at] = measured(value, stream, times[at]);
  }
  return { streams, times, values };
}

/** The number of an episode; what is none is that of no episode. */
export const idOf = (episode) => (Number.isSafeInteger(episode) && episode > 0 ? episode : 0);

function listed(numbers, what) {
  if (Array.isArray(numbers) || ArrayBuffer.isView(numbers)) return numbers;
  throw new FourfoldError("frame.not-a-number", `the ${what} are ${spelled(numbers)}: send a Float64Array or an array`);
}

const spelled = (value) => (typeof value === "string" ? `the text "${value}"` : `of type ${typeof value}`);
