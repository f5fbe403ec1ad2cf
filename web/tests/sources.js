import { readFileSync } from "node:fs";

/** A file of the pages. @param {string} path below web/ */
export function readText(path) {
  return readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
}
