// @ts-check
/**
 * What the auctioneer can do, each with its key, the frame it sends and the reason why it would make no sense now. The house decides; these
 * reasons only spare a refusal.
 *
 * @typedef {Pick<import("../shared/store.js").Store, "sale" | "rules" | "block" | "lots">} Shown
 * @typedef {import("../shared/frames.js").LotPart} LotPart
 * @typedef {import("../shared/frames.js").RulesPart} RulesPart
 * @typedef {{name: string, key: string, why: (shown: Shown, now_us: number) => string | null,
 *   frame: (shown: Shown) => import("../shared/frames.js").Frame, asks?: boolean, hammer?: boolean, while?: string[]}} Control
 *   `why` gives a locale key; `asks`: something is asked back before it is sent (questions.js); `hammer` ones are only for sales that a hammer
 *   ends; those with `while` are there only in these phases of the sale, one in the place of another
 */

import { allTogether, openings } from "../shared/openings.js";
import { gates } from "./gates.js";

/** @param {Shown} shown */
export function nextLot({ lots }) {
  return lots.find((lot) => lot.phase === "waiting") ?? null;
}

/** The passed lots that may be put up again. @param {Shown} shown */
export function reofferable({ lots, rules }) {
  return lots.filter((lot) => lot.phase === "passed" && (lot.round ?? 1) <= (rules?.reoffers_max ?? 0));
}

/** Between what a passed lot may open again. @param {LotPart} lot @param {RulesPart | undefined} rules */
export function openingBounds(lot, rules) {
  return { least_fen: Math.ceil((lot.opening_fen * (100 - (rules?.reoffer_lower_percent ?? 0))) / 100), most_fen: lot.opening_fen };
}

/** How many calls are due before the hammer. @param {Shown} shown */
export function callsLeft({ block, rules }) {
  return block ? (rules?.calls ?? 3) - block.calls : 0;
}

/** Why no lot can be put up by hand now. @param {Shown} shown */
export function cannotOpen(shown) {
  if (shown.rules?.timed?.advance === "one_after_another") return notRunning(shown) ?? "cannot.by-clock";
  return notRunning(shown) ?? (!allTogether(shown) && openings(shown).length ? "cannot.block-taken" : null);
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
    why: (shown, now_us) => notRunning(shown) ?? noLotOpen(shown) ?? noBid(shown) ?? gates(shown, now_us).find(({ open }) => !open)?.why ?? null,
    frame: (shown) => ({ type: "hammer", ...priced(shown) }),
  },
  {
    name: "open_lot",
    key: "n",
    why: (shown) => cannotOpen(shown) ?? (nextLot(shown) ? null : "cannot.no-next"),
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
    while: ["planned"],
    why: ({ sale }) => (sale?.phase === "planned" ? null : "cannot.opened"),
    frame: () => ({ type: "open_sale" }),
  },
  {
    name: "suspend",
    key: "s",
    while: ["open"],
    asks: true,
    why: notRunning,
    frame: () => ({ type: "suspend" }),
  },
  {
    name: "resume",
    key: "r",
    while: ["suspended"],
    asks: true,
    why: ({ sale }) => (sale?.phase === "suspended" ? null : "cannot.not-suspended"),
    frame: () => ({ type: "resume" }),
  },
  {
    name: "sign_result",
    key: "g",
    while: ["closed"],
    asks: true,
    why: ({ sale }) => (sale?.signed?.includes("auctioneer") ? "cannot.signed" : null),
    frame: () => ({ type: "sign_result" }),
  },
  {
    name: "withdraw_lot",
    key: "w",
    asks: true,
    why: (shown) => (shown.sale?.phase === "closed" ? "cannot.closed" : nextLot(shown) ? null : "cannot.no-next"),
    frame: () => ({ type: "withdraw_lot" }),
  },
  {
    name: "reserve",
    key: "b",
    while: ["planned"],
    asks: true,
    why: (shown) => (nextLot(shown) ? null : "cannot.no-next"),
    frame: () => ({ type: "reserve" }),
  },
  {
    name: "reoffer",
    key: "e",
    while: ["open", "suspended", "closed"],
    asks: true,
    why: (shown) => notRunning(shown) ?? (reofferable(shown).length ? null : "cannot.none-passed"),
    frame: () => ({ type: "reoffer" }),
  },
  {
    name: "close_sale",
    key: "x",
    asks: true,
    why: (shown) => notRunning(shown) ?? (openings(shown).length ? "cannot.block-taken" : nextLot(shown) ? "cannot.lots-remain" : null),
    frame: () => ({ type: "close_sale" }),
  },
];

/** Those that make sense in a sale of this kind and phase. @param {Shown} shown */
export function controlsFor({ rules, sale }) {
  const phase = sale?.phase ?? "planned";
  return CONTROLS.filter((control) => (!control.hammer || rules?.mode !== "timed") && (!control.while || control.while.includes(phase)));
}
