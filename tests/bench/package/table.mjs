// A long table of 30 uneven columns, made as it is asked for: rhythm, noise, counts and gaps. No randomness, no clock.

export const WIDTH = 30;
const START_S = 1_600_000_000;
/** Rows of a piece, which are about a megabyte. */
const PIECE_ROWS = 5000;

export const header = `time,${Array.from({ length: WIDTH }, (_, place) => `s${place}`).join(",")}\n`;

/** The text of rows, a minute apart. */
export function rowsOf(first, count) {
  let state = (first + 1) | 1;
  const bits = (many) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> (32 - many);
  };
  const lines = new Array(count);
  const cells = new Array(WIDTH + 1);
  for (let row = 0; row < count; row++) {
    cells[0] = START_S + 60 * (first + row);
    for (let place = 0; place < WIDTH; place++) {
      const gate = bits(6);
      const wave = Math.abs(((first + row) % 1440) - 720) / 16;
      if (gate === 0) cells[place + 1] = "";
      else if (place % 3 === 0) cells[place + 1] = bits(3);
      else cells[place + 1] = (20 + wave + bits(place % 3 === 1 ? 4 : 9) / 8).toFixed(2);
    }
    lines[row] = cells.join(",");
  }
  return `${lines.join("\n")}\n`;
}

/** The whole table in pieces, until there are so many bytes. */
export function* tableOf(bytes) {
  yield header;
  for (let first = 0, made = header.length; made < bytes; first += PIECE_ROWS) {
    const piece = rowsOf(first, PIECE_ROWS);
    made += piece.length;
    yield piece;
  }
}
