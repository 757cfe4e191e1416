// `require` in Node. One step aside from the bundle, because Node looks through the whole text of a file that is imported
// for the names that it might export, and that takes longer than to run it.

const fourfold = require("./bundle.cjs");

module.exports = fourfold;
