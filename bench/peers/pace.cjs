// What the servers on Node and Bun share: their task, and telling by plan. As serving.py for those in Python.
"use strict";

const [displays, bytes, events, intervalUs] = process.argv.slice(2, 6).map(Number);
const MARK = "<end>";
const text = "x".repeat(bytes - 4 - MARK.length) + MARK;
let here = 0;

/** One more has come. When all have, say so, wait for a line, and `tell` by plan. */
function come(tell) {
  here += 1;
  if (here !== displays) return;
  process.stdin.once("data", () => {
    const began = performance.now();
    let event = 0;
    const next = () => {
      tell();
      event += 1;
      if (event < events) setTimeout(next, Math.max(0, began + (event * intervalUs) / 1000 - performance.now()));
    };
    next();
  });
  console.log("in");
}

module.exports = { text, come };
