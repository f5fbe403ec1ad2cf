// @ts-check
/**
 * What the auctioneer can do, each with its key, the frame it sends and the reason why it would make no sense now. The house decides; these
 * reasons only spare a refusal.
 *
 * @typedef {Pick<import("../shared/store.js").Store, "sale" | "rules" | "block" | "lots">} Shown
 * @typedef {{name: string, key: string, why: (shown: Shown) => string | null, frame: (shown: Shown) => import("../shared/frames.js").Frame,
 *   ask?: "reason" | "sure"}} Control
 *   `why` gives a locale key; `ask` says what is asked back before it is sent
 */

/** @param {Shown} shown */
export function nextLot({ lots }) {
  return lots.find((lot) => lot.phase === "waiting") ?? null;
}

/** How many calls are due before the hammer. @param {Shown} shown */
export function callsLeft({ block, rules }) {
  return block ? (rules?.calls ?? 3) - block.calls : 0;
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
    why: (shown) => notRunning(shown) ?? noLotOpen(shown) ?? noBid(shown) ?? (callsLeft(shown) > 0 ? null : "cannot.all-called"),
    frame: (shown) => ({ type: "call", ...priced(shown), call: (shown.block?.calls ?? 0) + 1 }),
  },
  {
    name: "hammer",
    key: "h",
    why: (shown) => notRunning(shown) ?? noLotOpen(shown) ?? noBid(shown) ?? (callsLeft(shown) > 0 ? "cannot.calls-first" : null),
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
    why: (shown) => notRunning(shown) ?? noLotOpen(shown) ?? (noBid(shown) ? null : "cannot.has-bid"),
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
