// @ts-check
/**
 * When a timed lot ends: free bidding (自由竞价) until `limited_from_us`, limited bidding (限时竞价) until `closes_at_us`. The house says when it is
 * over; until it does, a clock at nought only means that its word is awaited.
 *
 * @typedef {{closes_at_us?: number | null, limited_from_us?: number | null}} Ending
 * @typedef {"free" | "limited" | "over"} Stage
 */

/**
 * @param {Ending} ending
 * @param {number} now_us house time
 * @returns {Stage}
 */
export function stageOf({ closes_at_us, limited_from_us }, now_us) {
  if (closes_at_us && now_us >= closes_at_us) return "over";
  return limited_from_us && now_us < limited_from_us ? "free" : "limited";
}

/** A span as a clock shows it: `1:02:03`, `12:05`, and tenths in the last ten seconds: `09.4`. Nought only when all is gone. @param {number} us */
export function leftText(us) {
  if (us <= 0) return "00.0";
  if (us < 10_000_000) return (Math.ceil(us / 100_000) / 10).toFixed(1).padStart(4, "0");
  const seconds = Math.ceil(us / 1_000_000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}
