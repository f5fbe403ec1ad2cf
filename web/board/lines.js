// @ts-check
/** What the board shows of the day's lines: which page of them, in what words each stands, and how long until what comes next. */

import { leftText } from "../shared/ending.js";

/**
 * @typedef {{zh: string, en: string}} Both
 * @typedef {{sale: string, kind: "auction" | "quota" | "opening", room: string | null, title: Both, phase: string, suspended: string | null,
 *   lots: number, sold: number, opens_at_us: number | null, result: string | null, stage: string | null,
 *   due: "opens" | "deadline" | "unsealing" | "round" | "lot" | null, due_us: number | null}} Line
 * @typedef {{at_us: number, day: string, lines: Line[]}} Board
 */

/** So many lines fill a wall and can be read at ten metres. */
export const ROWS = 7;

/** So long a page hangs before the next. */
export const TURN_MS = 12_000;

/** How many pages the lines fill; an empty board is one page. @param {number} lines */
export function pages(lines) {
  return Math.max(1, Math.ceil(lines / ROWS));
}

/** The lines on one page; pages beyond the last begin anew. @template T @param {T[]} lines @param {number} page @returns {T[]} */
export function onPage(lines, page) {
  const at = (page % pages(lines.length)) * ROWS;
  return lines.slice(at, at + ROWS);
}

/** How a line stands, as the key of its words. @param {Line} line */
export function standsKey({ phase, stage }) {
  return stage !== null && phase !== "suspended" ? `board.stage.${stage}` : `phase.${phase}`;
}

/**
 * How long until what comes next; null where nothing does by the clock, or its time is up and the house has not said yet what follows.
 * @param {Line} line
 * @param {number} now_us house time
 */
export function leftOf({ due_us }, now_us) {
  return due_us !== null && due_us > now_us ? leftText(due_us - now_us) : null;
}
