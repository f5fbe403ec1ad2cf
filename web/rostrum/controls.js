// @ts-check
/**
 * What the auctioneer can do, each with its key, the frame it sends and the reason why it would make no sense now. The house decides; these
 * reasons only spare a refusal.
 *
 * @typedef {Pick<import("../shared/store.js").Store, "sale" | "rules" | "block" | "lots">} Shown
 * @typedef {{name: string, key: string, why: (shown: Shown, now_us: number) => string | null,
 *   frame: (shown: Shown) => import("../shared/frames.js").Frame, ask?: "reason" | "sure" | "price", about?: boolean, hammer?: boolean}} Control
 *   `why` gives a locale key; `ask` says what is asked back before it is sent; `about` names a lot of the list; `hammer` ones are only for sales
 *   that a hammer ends
 */

/** @param {Shown} shown */
export function nextLot({ lots }) {
  return lots.find((lot) => lot.phase === "waiting") ?? null;
}

/** How many calls are due before the hammer. @param {Shown} shown */
export function callsLeft({ block, rules }) {
  return block ? (rules?.calls ?? 3) - block.calls : 0;
}

/** How long the price has still to stand before the hammer, in milliseconds. @param {Shown} shown @param {number} now_us house time */
export function dwellLeft_ms({ block }, now_us) {
  return block?.phase === "open" && block.hammer_from_us ? Math.max(0, Math.ceil((block.hammer_from_us - now_us) / 1000)) : 0;
}

/** What the hammer still waits for; the house decides, and says the same. @param {Shown} shown @param {number} now_us */
function waitsFor(shown, now_us) {
  const { block, rules } = shown;
  if (callsLeft(shown) > 0) return "cannot.calls-first";
  if (block?.void) return "cannot.void";
  if (dwellLeft_ms(shown, now_us) > 0) return "cannot.dwell";
  if (rules?.delivery_percent && block?.delivered === false) return "cannot.delivery";
  return block?.reserve === "unmet" ? "cannot.reserve" : null;
}

/** Whether a passed lot may be put up again. @param {import("../shared/frames.js").LotPart} lot @param {import("../shared/frames.js").RulesPart | undefined} rules */
export function mayReoffer({ round }, rules) {
  return (round ?? 1) <= (rules?.reoffers_max ?? 0);
}

/** @param {Shown} shown */
function notRunning({ sale }) {
  return sale?.phase === "open" ? null : `cannot.${sale?.phase ?? "unknown"}`;
}

/** @param {Shown} shown */
function noLotOpen({ block }) {
  return block?.phase === "open" ? null : "cannot.no-lot";
}

/** @param {Shown} shown */
function noBid({ block }) {
  return block?.price_fen ? null : "cannot.no-bid";
}

/** The lot, and the price the auctioneer sees while acting. @param {Shown} shown */
function priced({ block }) {
  return { lot: block?.lot, price_fen: block?.price_fen };
}

/** @type {Control[]} */
export const CONTROLS = [
  {
    name: "call",
    key: "c",
    hammer: true,
    why: (shown) => notRunning(shown) ?? noLotOpen(shown) ?? noBid(shown) ?? (callsLeft(shown) > 0 ? null : "cannot.all-called"),
    frame: (shown) => ({ type: "call", ...priced(shown), call: (shown.block?.calls ?? 0) + 1 }),
  },
  {
    name: "hammer",
    key: "h",
    hammer: true,
    why: (shown, now_us) => notRunning(shown) ?? noLotOpen(shown) ?? noBid(shown) ?? waitsFor(shown, now_us),
    frame: (shown) => ({ type: "hammer", ...priced(shown) }),
  },
  {
    name: "open_lot",
    key: "n",
    why: (shown) => notRunning(shown) ?? (shown.block?.phase === "open" ? "cannot.block-taken" : nextLot(shown) ? null : "cannot.no-next"),
    frame: (shown) => ({ type: "open_lot", lot: nextLot(shown)?.lot }),
  },
  {
    name: "pass",
    key: "p",
    hammer: true,
    why: (shown) => notRunning(shown) ?? noLotOpen(shown) ?? (noBid(shown) || shown.block?.reserve === "unmet" ? null : "cannot.has-bid"),
    frame: (shown) => ({ type: "pass", lot: shown.block?.lot }),
  },
  {
    name: "open_sale",
    key: "o",
    why: ({ sale }) => (sale?.phase === "planned" ? null : "cannot.opened"),
    frame: () => ({ type: "open_sale" }),
  },
  {
    name: "suspend",
    key: "s",
    ask: "reason",
    why: notRunning,
    frame: () => ({ type: "suspend" }),
  },
  {
    name: "resume",
    key: "r",
    why: ({ sale }) => (sale?.phase === "suspended" ? null : "cannot.not-suspended"),
    frame: () => ({ type: "resume" }),
  },
  {
    name: "close_sale",
    key: "x",
    ask: "sure",
    why: (shown) => notRunning(shown) ?? (shown.block?.phase === "open" ? "cannot.block-taken" : nextLot(shown) ? "cannot.lots-remain" : null),
    frame: () => ({ type: "close_sale" }),
  },
];

/** Taking back a lot before its start. @type {Control} */
export const WITHDRAW = { name: "withdraw_lot", key: "", ask: "reason", about: true, why: () => null, frame: () => ({ type: "withdraw_lot" }) };

/** Putting a passed lot up again. @type {Control} */
export const REOFFER = { name: "reoffer", key: "", ask: "price", about: true, why: notRunning, frame: () => ({ type: "reoffer" }) };

/** Setting the reserve of a lot before its start. @type {Control} */
export const RESERVE = { name: "reserve", key: "", ask: "price", about: true, why: () => null, frame: () => ({ type: "reserve" }) };

/** Those that make sense in a sale of this kind. @param {Shown} shown */
export function controlsFor({ rules }) {
  return CONTROLS.filter(({ hammer }) => !hammer || rules?.mode !== "timed");
}
