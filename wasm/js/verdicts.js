// Verdicts as they leave the engine: columns of numbers and of marks, row after row (wasm/src/columns.rs).

const PRESENT = 1;
const REASON = 2;

/** How many numbers and marks the verdicts of `rows` frames take. */
export const sizeOf = (rows, streams, views) => ({
  numbers: rows * (6 + streams + 2 * views),
  marks: rows * (3 + 2 * streams + views),
});

/** The columns of `rows` verdicts by name, as parts of the two buffers. */
export function columnsOf(numbers, marks, rows, streams, views) {
  let number = 0;
  let mark = 0;
  const numbersOf = (width) => numbers.subarray(number, (number += rows * width));
  const marksOf = (width) => marks.subarray(mark, (mark += rows * width));
  return {
    t: numbersOf(1),
    score: numbersOf(1),
    oddness: numbersOf(1),
    news: numbersOf(1),
    confidence: numbersOf(1),
    episode: numbersOf(1),
    streamScores: numbersOf(streams),
    viewScores: numbersOf(views),
    viewWeights: numbersOf(views),
    alarm: marksOf(1),
    severity: marksOf(1),
    fromSilence: marksOf(1),
    streamNotes: marksOf(streams),
    streamSilences: marksOf(streams),
    viewHealth: marksOf(views),
  };
}

const orNull = (number) => (number === number ? number : null); // NaN alone differs from itself.

/** The verdict of one row, in the shape that it has everywhere. */
export function verdictAt(columns, row, names, words) {
  const { severities, healths, views: viewNames, reasons, silences } = words;
  const streams = new Array(names.length);
  for (let place = 0, at = row * names.length; place < names.length; place++, at++) {
    const note = columns.streamNotes[at];
    streams[place] = {
      stream: names[place],
      present: note >= PRESENT,
      score: orNull(columns.streamScores[at]),
      reason: note >= REASON ? reasons[note - REASON] : null,
      silence: silences[columns.streamSilences[at] - 1] ?? null,
    };
  }
  const views = new Array(viewNames.length);
  for (let place = 0, at = row * viewNames.length; place < viewNames.length; place++, at++) {
    views[place] = {
      view: viewNames[place],
      score: orNull(columns.viewScores[at]),
      weight: columns.viewWeights[at],
      health: healths[columns.viewHealth[at]],
    };
  }
  return {
    t: columns.t[row],
    standing: "final", // What comes in columns was frames, and a frame is final at once.
    score: columns.score[row],
    oddness: columns.oddness[row],
    news: columns.news[row],
    alarm: columns.alarm[row] === 1,
    confidence: columns.confidence[row],
    severity: severities[columns.severity[row]],
    episode: orNull(columns.episode[row]),
    from_silence: columns.fromSilence[row] === 1,
    streams,
    views,
  };
}

/** The verdicts of a batch. Typed arrays of its own: they stay as they are whatever the engine does next. */
export class Batch {
  #columns;
  #names;
  #words;

  /** `numbers` and `marks` hold the columns; they are all that has to move from thread to thread. */
  constructor(numbers, marks, length, names, words) {
    const columns = columnsOf(numbers, marks, length, names.length, words.views.length);
    this.#columns = columns;
    this.#names = names;
    this.#words = words;
    this.length = length;
    this.t = columns.t;
    this.score = columns.score;
    this.oddness = columns.oddness;
    this.news = columns.news;
    this.alarm = columns.alarm;
    this.confidence = columns.confidence;
    this.severity = columns.severity;
    this.streamScores = columns.streamScores;
  }

  at(row) {
    const place = Math.trunc(row < 0 ? this.length + row : row);
    const isThere = place >= 0 && place < this.length;
    return isThere ? verdictAt(this.#columns, place, this.#names, this.#words) : undefined;
  }

  /** The two buffers that hold everything. */
  get buffers() {
    return { numbers: this.#columns.t.buffer, marks: this.#columns.alarm.buffer };
  }
}
