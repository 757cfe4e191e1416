// What the columns of a table are, guessed from its first rows. What can be read in two ways is asked for, or refused
// with both readings: a wrong guess would not be seen, and would spoil everything after it.

import { CsvError } from "./fault.js";
import { decimalOf, isMissing, numberOf } from "./number.js";
import { ORDERS, UNITS, ordersOf, timeOf, unitOf, utcOf } from "./time.js";
import { zoneOf } from "./zone.js";

const TIME_NAMES = /^(t|ts|date|datum|epoch|unix|when)$|time|zeit/i;
/** The share of cells that have to be times, or numbers, for their column to be one of times, or numbers. */
const TIME_SHARE = 0.9;
const NUMBER_SHARE = 0.8;
const NAME_LENGTH_MAX = 128;

export async function shapeOf(cells, separator, options) {
  const [first] = cells;
  const isValue = (text) => isMissing(text) || numberOf(text, ",") !== undefined || ordersOf([text]).length > 0;
  const hasHeader = !first.every(isValue);
  const names = namesOf(first, hasHeader);
  const rows = (hasHeader ? cells.slice(1) : cells).filter((row) => row.length === first.length);
  const filled = names.map((_, place) => rows.map((row) => row[place]).filter((text) => !isMissing(text)));
  if (rows.length === 0) throw new CsvError("csv.no-rows", "there is a header, but no row with as many cells");
  const time = await timeColumn(names, filled, options);
  const isOther = (_, place) => place !== time?.place;
  const decimal = options.decimal ?? (await decimalSign(filled.filter(isOther), separator, options));
  const isNumeric = names.map((_, place) => place !== time?.place && areNumbers(filled[place], decimal));
  const numeric = names.filter((_, place) => isNumeric[place]);
  const streams = options.streams ? [...options.streams] : numeric;
  if (streams.length === 0) throw new CsvError("csv.no-numbers", "no column holds numbers");
  const absent = streams.filter((name) => !names.includes(name));
  if (absent.length === streams.length) {
    throw new CsvError("csv.no-streams", `no column is called ${streams.slice(0, 3).join(", ")}: there is ${names.join(", ")}`);
  }
  const roles = names.map((name, place) => (place === time?.place ? TIME : streams.indexOf(name)));
  const textColumns = names.filter((_, place) => isOther(_, place) && !isNumeric[place]);
  return { separator, decimal, hasHeader, time, roles, streams, absent, textColumns, width: names.length };
}

/** Roles of columns beside the streams' places. */
export const TIME = -2;

function namesOf(first, hasHeader) {
  const taken = new Set();
  return first.map((text, place) => {
    const said = hasHeader && text !== "" ? text : `column ${place + 1}`;
    const name = said.replace(/\p{Cc}/gu, " ").slice(0, NAME_LENGTH_MAX - 8);
    let distinct = name;
    for (let count = 2; taken.has(distinct); count++) distinct = `${name} (${count})`;
    taken.add(distinct);
    return distinct;
  });
}

const areNumbers = (texts, decimal) =>
  texts.filter((text) => numberOf(text, decimal) !== undefined).length >= NUMBER_SHARE * texts.length;

async function decimalSign(columns, separator, options) {
  const cells = columns.flat();
  const sign = decimalOf(cells, separator);
  if (sign) return sign;
  const example = cells.find((text) => text.includes(","));
  const readings = [".", ","].map((value) => ({ value, means: String(numberOf(example, value)) }));
  return asked({ about: "decimal", option: "decimal", column: null, example, readings }, options);
}

async function timeColumn(names, filled, options) {
  if (options.timeColumn === null) return null;
  if (options.timeColumn !== undefined) {
    const place = names.indexOf(options.timeColumn);
    if (place < 0) throw new CsvError("csv.no-time", `no column is called ${options.timeColumn}: there is ${names.join(", ")}`);
    const form = await formOf(names[place], filled[place], true, options);
    if (!form) throw new CsvError("csv.no-time", `the column ${names[place]} holds no times: \`${filled[place][0]}\``);
    return { place, column: names[place], ...form };
  }
  for (const [place, column] of names.entries()) {
    const form = await formOf(column, filled[place], TIME_NAMES.test(column), options);
    if (form) return { place, column, ...form };
  }
  return null;
}

/** How a column says when, if it does. A bare number is a time only if it lies in our days and rises, or is named so. */
async function formOf(column, texts, isNamed, options) {
  if (texts.length === 0) return undefined;
  const numbers = texts.map((text) => numberOf(text, ".")).filter((number) => number !== undefined);
  if (numbers.length >= TIME_SHARE * texts.length) {
    const rises = numbers.length > 2 && numbers.every((number, place) => place === 0 || numbers[place - 1] < number);
    const unit = options.timeUnit ?? (isNamed || rises ? unitOf(numbers) : undefined);
    return unit && { kind: "epoch", unit, perSecond: UNITS[unit] };
  }
  const times = texts.filter((text) => ordersOf([text]).length > 0);
  if (times.length < TIME_SHARE * texts.length) return undefined;
  const order = options.timeOrder ?? (await orderOf(column, times, options));
  const { zone, isAssumed } = await zoneOfTimes(column, times, order, options);
  return { kind: "text", order, zone, isAssumed, toUtc: zoneOf(zone ?? "UTC") };
}

async function orderOf(column, texts, options) {
  const orders = ordersOf(texts);
  if (orders.length === 0) {
    throw new CsvError("csv.mixed-times", `the times in ${column} are written in more than one way: say { timeOrder }`);
  }
  const local = (text, order) => timeOf(text, order).local;
  const rises = (order) => texts.every((text, place) => place === 0 || local(texts[place - 1], order) <= local(text, order));
  const rising = orders.filter(rises);
  const possible = rising.length > 0 ? rising : orders;
  const example = texts.find((text) => possible.some((order) => local(text, order) !== local(text, possible[0])));
  if (!example) return possible[0];
  const readings = possible.map((value) => ({ value, means: `${dayOf(local(example, value))} (${ORDERS[value]})` }));
  return asked({ about: "time order", option: "timeOrder", column, example, readings }, options);
}

/** A zone that is said in the text needs none. Without any, UTC is meant, unless somebody is there to be asked. */
async function zoneOfTimes(column, texts, order, { zone, ask }) {
  const example = texts.find((text) => timeOf(text, order).ahead === undefined);
  if (example === undefined) return { zone: null, isAssumed: false };
  if (zone !== undefined) return { zone, isAssumed: false };
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { local } = timeOf(example, order);
  const readings = ["UTC", here].map((value) => ({ value, means: new Date(zoneOf(value)(local)).toISOString() }));
  if (!ask || readings[0].means === readings[1].means) return { zone: "UTC", isAssumed: true };
  return { zone: await asked({ about: "zone", option: "zone", column, example, readings }, { ask }), isAssumed: false };
}

async function asked(question, { ask }) {
  const { about, option, column, example, readings } = question;
  const answer = await ask?.({ about, column, example, readings });
  if (readings.some(({ value }) => value === answer)) return answer;
  const where = column === null ? "" : ` in ${column}`;
  const choices = readings.map(({ value, means }) => `${means} with { ${option}: "${value}" }`).join(", or ");
  throw new CsvError(`csv.ambiguous-${about.replace(" ", "-")}`, `\`${example}\`${where} can be ${choices}`, readings);
}

const dayOf = (local) =>
  new Date(local).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

/** The moment of a text, NaN where it is none; `after` is the row before. */
export function momentOf(text, time, after) {
  if (time.kind === "epoch") {
    const number = numberOf(text, ".");
    return number === undefined ? NaN : Math.round((number / time.perSecond) * 1000);
  }
  const said = timeOf(text, time.order);
  if (!said) return NaN;
  return said.ahead === undefined ? time.toUtc(said.local, after) : utcOf(said);
}
