// Numbers that look random, the same in every run; the twin of `next` in xtask/src/bench.rs.

export function generator() {
  let state = 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 16) / 256;
  };
}
