// @ts-check
/**
 * What just happened on the block, told from two pictures of it. Told from pictures and not from events, because a viewer that fell behind is
 * given only the newest picture and must still see that a call was cancelled.
 *
 * @typedef {import("./frames.js").BlockPart | null | undefined} Block
 * @typedef {"opened" | "bid" | "called" | "cancelled" | "extended" | "sold" | "passed" | "withdrawn"} Moment
 */

/**
 * @param {Block} before
 * @param {Block} after
 * @returns {Moment[]} in the order they are told
 */
export function moments(before, after) {
  if (!after) return [];
  /** @type {Moment[]} */
  const told = [];
  const same = before?.lot === after.lot;
  if (!same) told.push("opened");
  const price_before = same ? before?.price_fen : null;
  const calls_before = same && before?.phase === "open" ? before.calls : 0;
  const bid = after.price_fen !== null && after.price_fen !== price_before;
  if (bid) told.push("bid");
  if (calls_before > 0 && (after.calls < calls_before || bid) && after.phase === "open") told.push("cancelled");
  if (after.phase === "open" && after.calls > 0 && (after.calls > calls_before || bid)) told.push("called");
  if (same && after.phase === "open" && (before?.closes_at_us ?? 0) > 0 && (after.closes_at_us ?? 0) > (before?.closes_at_us ?? 0)) told.push("extended");
  if (after.phase !== "open" && (!same || before?.phase === "open")) told.push(after.phase);
  return told;
}
