// @ts-check
/**
 * What each office can do in a quota sale, with its key and the reason why it would make no sense now. The house decides; these reasons only spare a
 * refusal. Rounds follow each other by the clock, and the sale closes itself: there is no key for either.
 *
 * @typedef {{name: string, key: string, offices: string[], why: (shown: import("../quota/sale.js").Shown, office: string) => string | null, danger?: boolean,
 *   asks?: boolean, while?: string[]}} Control
 *   `why` gives a locale key; `asks`: something is asked back before it is sent (questions.js); `while`: there only in these phases
 */

/** @param {string} phase @returns {(shown: import("../quota/sale.js").Shown) => string | null} */
function inPhase(phase) {
  return ({ sale }) => (sale?.phase === phase ? null : `cannot.${sale?.phase ?? "unknown"}`);
}

/** @param {import("../quota/sale.js").Shown} shown */
function notClosed({ sale }) {
  return sale && sale.phase !== "closed" ? null : `cannot.${sale?.phase ?? "unknown"}`;
}

const DESK = ["clerk", "registrar"];

/** @type {Control[]} */
export const CONTROLS = [
  { name: "open_sale", key: "o", offices: ["auctioneer"], while: ["planned"], asks: true, why: inPhase("planned") },
  { name: "suspend", key: "s", offices: ["auctioneer"], while: ["planned", "open"], asks: true, why: inPhase("open") },
  { name: "resume", key: "r", offices: ["auctioneer"], while: ["suspended"], asks: true, why: inPhase("suspended") },
  { name: "stop", key: "s", offices: ["supervisor"], danger: true, asks: true, why: notClosed },
  {
    name: "sign_result",
    key: "g",
    offices: ["auctioneer", "supervisor"],
    while: ["closed"],
    asks: true,
    why: ({ sale }, office) => (sale?.signed?.includes(office) ? "cannot.signed" : null),
  },
  { name: "admit_bidders", key: "a", offices: DESK, asks: true, why: notClosed },
  {
    name: "attest_rules",
    key: "t",
    offices: DESK,
    asks: true,
    why: (shown) => (shown.parts.conditions?.sign_off ? notClosed(shown) : "cannot.no-sign-off"),
  },
];

/** Those of an office that make sense in this phase. @param {import("../quota/sale.js").Shown} shown @param {string | undefined} office */
export function controlsFor({ sale }, office) {
  const phase = sale?.phase ?? "planned";
  return CONTROLS.filter((control) => control.offices.includes(office ?? "") && (!control.while || control.while.includes(phase)));
}

const RUN = /^(\d{1,7})(?:\s*[-–—~～至]\s*(\d{1,7}))?$/;
const RUNS_MAX = 1_000;

/**
 * Runs of bidders as a registrar types them: `201-300, 305`. Full-width digits and commas are read over.
 * @param {string} typed
 * @returns {{first: number, last: number}[] | null} null where it cannot be read
 */
export function runsOf(typed) {
  const said = typed.normalize("NFKC").split(/[,，、;\n]+/).map((one) => one.trim()).filter(Boolean);
  const runs = said.map((one) => {
    const [, first, last = first] = RUN.exec(one) ?? [];
    return { first: Number(first ?? 0), last: Number(last ?? 0) };
  });
  const good = runs.length > 0 && runs.length <= RUNS_MAX && runs.every(({ first, last }) => first >= 1 && first <= last);
  return good ? runs : null;
}
