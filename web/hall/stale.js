// @ts-check
/** Since when a picture may be out of date. */

/** The house answers a question about the time every five seconds; silent for longer, it may be gone. */
export const SILENT_US = 8_000_000;

/**
 * @param {{state: import("../shared/socket.js").State, last_us: number}} connection `last_us`: when the house was last heard, by this browser's clock; 0 if never
 * @param {number} now_us by this browser's clock
 * @returns {number | null} by this browser's clock; null while it is up to date, or before there was any picture
 */
export function staleSince({ state, last_us }, now_us) {
  if (!last_us) return null;
  return state !== "live" || now_us - last_us > SILENT_US ? last_us : null;
}
