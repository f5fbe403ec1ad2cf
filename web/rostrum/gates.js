// @ts-check
/**
 * What the hammer waits for (article 23), in the order in which the house would name it. All of it is always shown, so that the auctioneer sees
 * what is done as well as what is due.
 *
 * @typedef {import("./controls.js").Shown} Shown
 * @typedef {{name: "calls" | "void" | "dwell" | "delivery" | "reserve", open: boolean, says: string, why: string,
 *   values: Record<string, string | number>}} Gate
 *   `says` and `why` are locale keys: how it stands, and the reason it gives while it is shut
 */

/**
 * How long the price has still to stand, in milliseconds.
 * @param {Shown} shown
 * @param {number} now_us house time
 */
export function dwellLeft_ms({ block }, now_us) {
  return block?.phase === "open" && block.hammer_from_us ? Math.max(0, Math.ceil((block.hammer_from_us - now_us) / 1000)) : 0;
}

/** Seconds with a tenth; nought only when all is gone. @param {number} left_ms */
export function secondsText(left_ms) {
  return (Math.ceil(left_ms / 100) / 10).toFixed(1);
}

/**
 * @param {Shown} shown
 * @param {number} now_us house time
 * @returns {Gate[]}
 */
export function gates(shown, now_us) {
  const { block, rules } = shown;
  const calls = rules?.calls ?? 3;
  const made = block?.phase === "open" ? block.calls : 0;
  const left_ms = dwellLeft_ms(shown, now_us);
  const reserve = block?.reserve ?? "none";
  /** @type {Gate[]} */
  const found = [
    { name: "calls", open: made >= calls, says: "gate.calls", why: "cannot.calls-first", values: { made, calls, n: calls - made } },
    { name: "void", open: !block?.void, says: block?.void ? "gate.void-pending" : "gate.void", why: "cannot.void", values: {} },
  ];
  if (rules?.dwell_s) found.push({ name: "dwell", open: left_ms === 0, says: left_ms ? "gate.dwell" : "gate.dwell-done", why: "cannot.dwell", values: { s: secondsText(left_ms) } });
  if (rules?.delivery_percent) {
    const shownToEnough = block?.delivered !== false;
    found.push({ name: "delivery", open: shownToEnough, says: shownToEnough ? "gate.delivery-done" : "gate.delivery", why: "cannot.delivery", values: { percent: rules.delivery_percent } });
  }
  found.push({ name: "reserve", open: reserve !== "unmet", says: `gate.reserve.${reserve}`, why: "cannot.reserve", values: {} });
  return found;
}
