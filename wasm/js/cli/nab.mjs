// The score of the Numenta Anomaly Benchmark, as in core/src/evaluate/nab.rs (Lavin and Ahmad, arXiv 1510.03336): the
// earliest alarm in a labelled window earns, the earlier the more; an alarm outside costs, the farther the more; a missed
// window costs in full. One threshold serves all files. The first 15 % of a file (at most 750 rows) are not judged.

/** What a false alarm and a miss cost, where a hit earns 1. */
const PROFILES = { standard: [0.11, 1], "low false alarms": [0.22, 1], "low misses": [0.11, 2] };
const PROBATION = { share: 0.15, rows: 5000 };

/** The score by profile, of files of `{ scores, windows: [[first, last]] }`; at a threshold, or at the best one for each. */
export function nabScores(files, threshold) {
  const steps = files.flatMap(stepsOf).sort((one, other) => other.score - one.score);
  const windows = files.reduce((sum, file) => sum + file.windows.length, 0);
  const results = Object.entries(PROFILES).map(([name, costs]) => {
    const taken = threshold === undefined ? best(steps, costs) : steps.filter(({ score }) => score >= threshold).length;
    return [name, summed(steps.slice(0, taken), windows, costs)];
  });
  return Object.fromEntries(results);
}

const worthOf = ({ gain, loss, isFirst }, [falseCost, missCost]) => gain + falseCost * loss + (isFirst ? missCost : 0);

/** How many of the steps to take, the highest scores first. Steps of one score are taken together. */
function best(steps, costs) {
  let [sum, most, taken] = [0, 0, 0];
  for (const [place, step] of steps.entries()) {
    sum += worthOf(step, costs);
    const isLastOfEquals = steps[place + 1]?.score !== step.score;
    if (isLastOfEquals && (sum > most || (taken === 0 && sum >= most))) [most, taken] = [sum, place + 1];
  }
  return taken;
}

function summed(taken, windows, costs) {
  const earned = taken.reduce((sum, step) => sum + worthOf(step, costs), 0);
  const hit = taken.filter(({ isFirst }) => isFirst).length;
  const falseAlarms = taken.filter(({ loss }) => loss !== 0).length;
  return { score: windows > 0 ? (100 * earned) / ((1 + costs[1]) * windows) : null, hit, windows, falseAlarms };
}

/** Everything that happens in a file as the threshold falls. */
function stepsOf({ scores, windows }) {
  const rows = scores.length;
  const probation = Math.floor(PROBATION.share * Math.min(rows, PROBATION.rows));
  const isIn = (row, [first, last]) => row >= first && row <= last;
  const steps = [];
  for (let row = probation; row < rows; row++) {
    const window = windows.find((one) => isIn(row, one));
    if (!window) steps.push({ score: scores[row], gain: 0, loss: outside(row, windows), isFirst: false });
  }
  for (const [first, last] of windows) {
    const inside = [];
    for (let row = Math.max(first, probation); row <= Math.min(last, rows - 1); row++) inside.push(row);
    inside.sort((one, other) => scores[other] - scores[one]);
    let most = 0;
    for (const [place, row] of inside.entries()) {
      const worth = sigmoid(-(last - row + 1) / (last - first + 1)) / sigmoid(-1);
      steps.push({ score: scores[row], gain: Math.max(worth, most) - most, loss: 0, isFirst: place === 0 });
      most = Math.max(worth, most);
    }
  }
  return steps;
}

/** What an alarm outside of all windows costs: little just after one, all of it far from any. */
function outside(row, windows) {
  const before = windows.findLast(([, last]) => last < row);
  if (!before) return -1;
  const [first, last] = before;
  return sigmoid((row - last) / Math.max(last - first, 1));
}

/** 1 far before the end of a window, 0 at it, -1 far after. */
const sigmoid = (distance) => (distance > 3 ? -1 : 2 / (1 + Math.exp(5 * distance)) - 1);
