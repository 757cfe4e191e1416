// `import` in Node: the very objects that `require` gives.

import fourfold from "./node.cjs";

export const { Engine, FourfoldError, init, presets } = fourfold;
