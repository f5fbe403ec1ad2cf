// @ts-check
/**
 * What each office can do in an opening of sealed bids, with its key and the reason why it would make no sense now. The house decides; these reasons
 * only spare a refusal.
 *
 * @typedef {[key: string, values?: Record<string, string | number>]} Why a locale key, and what is filled in
 * @typedef {import("../opening/opening.js").Shown} Shown
 * @typedef {{name: string, key: string, offices: string[], while: import("../opening/opening.js").Stage[], why?: (shown: Shown, office: string) => Why | null,
 *   danger?: boolean, paused?: boolean, says?: string}} Control
 *   `paused`: can be done while the opening rests, or only then; `says`: a locale key, where it is not `control.NAME`
 */

import { STAGES, ceilingsDue, coefficientsDue, envelopesOf, objectionsOf, officersOf, openingOf, standOf, tenderOf, undecidedOf } from "../opening/opening.js";

const HOST = ["host"];
const TIME = ["host", "supervisor", "registrar"];
const GOING = STAGES.slice(STAGES.indexOf("started"), STAGES.indexOf("ended"));

/** @param {Shown} shown @param {string} stand */
function standing(shown, stand) {
  return envelopesOf(shown).filter(({ state }) => standOf(state) === stand).length;
}

/** Which office asked for another time. @param {Shown} shown */
function proposedBy(shown) {
  return officersOf(shown)?.proposal?.by.split(":")[0] ?? null;
}

/** @param {Shown} shown @returns {Why | null} */
function readOutWaits(shown) {
  if (ceilingsDue(shown).length) return ["opening.cannot.ceiling"];
  const undecided = standing(shown, "waiting") + standing(shown, "running");
  if (undecided) return ["opening.cannot.sealed", { n: undecided }];
  return coefficientsDue(shown).length ? ["opening.cannot.coefficient"] : null;
}

/** @param {Shown} shown @returns {Why | null} */
function signaturesDue({ sale }) {
  return sale?.result === "final" || (sale?.signed?.length ?? 0) >= 2 ? null : ["opening.cannot.signatures"];
}

/** @type {Control[]} */
export const CONTROLS = [
  { name: "start_opening", key: "o", offices: HOST, while: ["closed"] },
  { name: "publish_list", key: "l", offices: HOST, while: ["started"] },
  { name: "open_unsealing", key: "u", offices: HOST, while: ["listed"] },
  {
    name: "close_unsealing",
    key: "w",
    offices: HOST,
    while: ["unsealing"],
    why: (shown) => (standing(shown, "waiting") ? ["opening.cannot.window", { n: standing(shown, "waiting") }] : null),
  },
  { name: "announce_ceiling", key: "c", offices: HOST, while: ["combining"], why: (shown) => (ceilingsDue(shown).length ? null : ["opening.cannot.no-ceiling"]) },
  {
    name: "order_remedy",
    key: "m",
    offices: HOST,
    while: ["combining"],
    why: (shown) => {
      if (!tenderOf(shown)?.remedy) return ["opening.cannot.no-remedy"];
      if (shown.parts.trustees?.remedy) return ["opening.cannot.remedied"];
      return standing(shown, "waiting") ? null : ["opening.cannot.none-sealed"];
    },
  },
  { name: "lapse_envelope", key: "e", offices: HOST, while: ["combining"], danger: true, why: (shown) => (undecidedOf(shown).length ? null : ["opening.cannot.none-undecided"]) },
  { name: "draw_coefficient", key: "d", offices: HOST, while: ["combining"], why: (shown) => (coefficientsDue(shown).length ? null : ["opening.cannot.no-coefficient"]) },
  { name: "read_out", key: "r", offices: HOST, while: ["combining"], why: readOutWaits },
  {
    name: "answer_objection",
    key: "a",
    offices: HOST,
    while: GOING,
    paused: true,
    why: (shown) => (objectionsOf(shown).some(({ answer }) => answer === null) ? null : ["opening.cannot.no-objection"]),
  },
  {
    name: "open_signing",
    key: "n",
    offices: HOST,
    while: ["read_out"],
    why: (shown) => {
      const open = objectionsOf(shown).filter(({ answer }) => answer === null).length;
      return open ? ["opening.cannot.objections", { n: open }] : null;
    },
  },
  { name: "sign_result", says: "opening.sign", key: "g", offices: ["host", "supervisor"], while: ["signing"], why: ({ sale }, office) => (sale?.signed?.includes(office) ? ["cannot.signed"] : null) },
  { name: "end_opening", key: "x", offices: HOST, while: ["signing", "reconvened"], why: signaturesDue },
  { name: "reconvene", key: "b", offices: HOST, while: ["ended"], why: signaturesDue },
  { name: "make_statement", key: "t", offices: HOST, while: [...GOING, "reconvened"], paused: true },
  { name: "suspend", says: "opening.suspend", key: "s", offices: HOST, while: GOING },
  { name: "resume", key: "y", offices: HOST, while: GOING, paused: true },
  { name: "stop", key: "s", offices: ["supervisor"], while: STAGES.slice(0, -1), danger: true, paused: true },
  { name: "propose_time", key: "p", offices: TIME, while: ["receiving"], why: (shown) => (proposedBy(shown) ? ["opening.cannot.proposed"] : null) },
  {
    name: "confirm_time",
    key: "i",
    offices: TIME,
    while: ["receiving"],
    why: (shown, office) => {
      const by = proposedBy(shown);
      if (by === null) return ["opening.cannot.none-proposed"];
      return by === office ? ["opening.cannot.own-proposal"] : null;
    },
  },
  { name: "drop_time", key: "q", offices: TIME, while: ["receiving"], why: (shown) => (proposedBy(shown) ? null : ["opening.cannot.none-proposed"]) },
];

/** Those of an office that there are at this stage. @param {Shown} shown @param {string} office */
export function controlsFor(shown, office) {
  const stage = openingOf(shown)?.stage ?? "receiving";
  const rests = shown.sale?.phase === "suspended";
  return CONTROLS.filter((control) => control.offices.includes(office) && control.while.includes(stage) && (control.name === "suspend" ? !rests : control.name === "resume" ? rests : true));
}

/** What an act does, as the key of its words: a stop of what does not run is put on the record, and stops nothing. @param {Control} control @param {Shown} shown */
export function moreOf({ name }, shown) {
  const going = GOING.includes(openingOf(shown)?.stage ?? "receiving") && shown.sale?.phase !== "suspended";
  return name === "stop" && !going ? "opening.more.stop-on-record" : `opening.more.${name}`;
}

/** Why an act makes no sense now; null if it may be asked. @param {Control} control @param {Shown} shown @param {string} office @returns {Why | null} */
export function whyNot(control, shown, office) {
  if (shown.sale?.phase === "suspended" && !control.paused) return ["opening.cannot.paused"];
  return control.why?.(shown, office) ?? null;
}

const WHEN = /^(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{2})$/;
const SHANGHAI_US = 8 * 3_600_000_000;

/** The instant of a day and time as an officer types it, at the house (UTC+8), in microseconds; null where it is none. @param {string} typed @returns {number | null} */
export function whenOf(typed) {
  const match = WHEN.exec(typed.normalize("NFKC").trim().replace(/[/.年月]/g, "-").replace(/日\s*/, " ").replace(/\s+/g, " "));
  if (!match) return null;
  const [year, month, day, hour, minute] = match.slice(1).map(Number);
  const at = Date.UTC(year, month - 1, day, hour, minute);
  const read = new Date(at);
  if (read.getUTCMonth() !== month - 1 || read.getUTCDate() !== day || hour > 23 || minute > 59) return null;
  return at * 1000 - SHANGHAI_US;
}
