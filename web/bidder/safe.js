// @ts-check
/** When a bid must be sent to be in time for certain, as far as this browser can know. The house decides by arrival. */

/** What a browser, a phone and a busy network may add to the way, in microseconds. */
const MARGIN_US = 150_000;

/**
 * The latest moment on the house's clock at which a bid sent from here should still arrive in time; null while that cannot be said.
 * @param {number | null | undefined} closes_at_us
 * @param {Pick<import("../shared/clock.js").HouseClock, "known" | "rtt_us" | "uncertainty_us">} clock
 */
export function latestSafe_us(closes_at_us, clock) {
  const rtt_us = clock.rtt_us();
  if (!closes_at_us || !clock.known || rtt_us === null) return null;
  return closes_at_us - Math.ceil(rtt_us / 2) - clock.uncertainty_us() - MARGIN_US;
}

/**
 * How a bidder stands to the end of a lot.
 * @param {number} now_us house time
 * @param {number | null} safe_us
 * @param {number | null | undefined} closes_at_us
 * @returns {"safe" | "late" | "over" | "unknown"} `late`: it may still arrive in time; `over`: what has arrived is being decided
 */
export function sending(now_us, safe_us, closes_at_us) {
  if (!closes_at_us || safe_us === null) return "unknown";
  if (now_us >= closes_at_us) return "over";
  return now_us >= safe_us ? "late" : "safe";
}
