// The golden frames, read from where the Python tests read them.

import { readFileSync } from "node:fs";

/** @param {string} name */
export function golden(name) {
  const text = readFileSync(new URL(`../../tests/golden/frames/${name}.jsonl`, import.meta.url), "utf8");
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** The frame of that name from the house. */
export function fromHouse(name) {
  const found = golden("server").find((one) => one.name === name);
  if (!found) throw new Error(`no golden frame "${name}"`);
  return found.frame;
}
