// A strict reader of the text format that Prometheus scrapes, version 0.0.4: what it does not know it refuses.

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (\\+Inf|-Inf|NaN|-?[0-9.]+(?:e[+-]?[0-9]+)?)$`);

/** Families by name, each with its type, its help and its samples. */
export function read(text) {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map();
  let family;
  for (const [place, line] of text.slice(0, -1).split('\n').entries()) {
    const fail = (what) => {
      throw new Error(`line ${place + 1}: ${what}: ${line}`);
    };
    const [, word, name, rest] = line.match(new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`)) ?? [];
    if (word === 'HELP') {
      if (families.has(name)) fail('a family is there twice');
      family = { name, help: rest, type: undefined, samples: [] };
      families.set(name, family);
    } else if (word === 'TYPE') {
      if (family?.name !== name || family.type !== undefined) fail('a type without its help');
      if (!['counter', 'gauge', 'histogram', 'summary', 'untyped'].includes(rest)) fail('an unknown type');
      if (rest === 'counter' && !name.endsWith('_total')) fail('a counter ends with _total');
      family.type = rest;
    } else {
      const [, sample, labels = '', number] = line.match(SAMPLE) ?? fail('no sample');
      const value = Number(number.replace('Inf', 'Infinity'));
      const suffix = family?.type === 'histogram' ? '(_bucket|_sum|_count)' : '';
      if (!family?.type || !new RegExp(`^${family.name}${suffix}$`).test(sample)) fail('a sample outside its family');
      const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]);
      const labelled = Object.fromEntries(pairs);
      if (Object.keys(labelled).length !== pairs.length) fail('a label is there twice');
      const key = sample + JSON.stringify(pairs.toSorted?.() ?? [...pairs].sort());
      if (family.samples.some((other) => other.key === key)) fail('a sample is there twice');
      if (family.type !== 'gauge' && !(value >= 0)) fail('a count below zero');
      family.samples.push({ key, name: sample, labels: labelled, value });
    }
  }
  for (const { name, type, samples } of families.values()) {
    if (type === 'histogram') checkHistogram(name, samples);
  }
  return families;
}

/** Buckets rise, end with +Inf, and agree with the count. */
function checkHistogram(name, samples) {
  const groups = new Map();
  for (const sample of samples) {
    const { le, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    const group = groups.get(key) ?? { buckets: [] };
    groups.set(key, group);
    if (sample.name === `${name}_bucket`) group.buckets.push([Number(le.replace('Inf', 'Infinity')), sample.value]);
    else group[sample.name.slice(name.length + 1)] = sample.value;
  }
  for (const [key, { buckets, sum, count }] of groups) {
    const rises = buckets.every(([end, value], at) => at === 0 || (end > buckets[at - 1][0] && value >= buckets[at - 1][1]));
    const [end, value] = buckets.at(-1) ?? [];
    if (!rises || end !== Infinity || value !== count || sum === undefined) throw new Error(`${name}${key} is no histogram`);
  }
}

/** The value of one sample; the labels that are named must agree. */
export function value(families, name, labels = {}) {
  const family = [...families.values()].find((family) => family.samples.some((sample) => sample.name === name));
  const agrees = (sample) => Object.entries(labels).every(([key, text]) => sample.labels[key] === text);
  const found = family?.samples.filter((sample) => sample.name === name && agrees(sample)) ?? [];
  return found.reduce((sum, sample) => sum + sample.value, 0);
}
