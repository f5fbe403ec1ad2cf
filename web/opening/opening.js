// @ts-check
/**
 * An opening of sealed bids (开标) read from its picture. Knows no DOM. Everything here can be told of what the picture shows, and before the list
 * it shows nobody.
 *
 * @typedef {{zh: string, en: string}} Both
 * @typedef {"receiving" | "closed" | "started" | "listed" | "unsealing" | "combining" | "read_out" | "signing" | "ended" | "reconvened"} Stage
 * @typedef {{section: string, title: Both, ceiling_told: "none" | "published" | "at_opening", ceiling_fen: number | null, coefficients: number[]}} SectionRules
 * @typedef {{name: string, title: Both, kind: "money" | "whole" | "text", needed: boolean}} Field
 * @typedef {{tender: string, sections: SectionRules[], fields: Field[], price: string, deadline_us: number, unseal_s: number, hall: string, suite: string,
 *   trustees: string[], threshold: number, remedy: boolean, bidders_min: number, attend: "all" | "registered", grace_ms: number, articles: string}} Tender
 * @typedef {{stage: Stage, deadline_us: number, root: string | null, closed_at_us: number | null, started_at_us: number | null, listed_at_us: number | null,
 *   read_out_at_us: number | null, report: string | null, reconvened: number}} OpeningPart `reconvened`: how often
 * @typedef {"sealed" | "unsealed" | "remedied" | "opened" | "revoked" | "withdrawn"} EnvelopeState
 * @typedef {Record<string, string | number>} SheetContent
 * @typedef {{bidder: number, name: string, deposit: string | null, signed_in_at_us: number | null, state: EnvelopeState, unsealed_at_us: number | null,
 *   why: string | null, evidence: string | null, reason: string | null, sheet: SheetContent | null, flaws: string[], above_ceiling: boolean | null,
 *   confirmed_at_us: number | null}} ListedBidder
 * @typedef {{section: string, title: Both, failed: boolean, envelopes: number | null, ceiling_fen: number | null, coefficient_permille: number | null,
 *   seed: string | null, bidders: ListedBidder[] | null}} Section
 * @typedef {{at_us: number, ends_at_us: number, taking: boolean, unsealed: number, of: number}} Unsealing
 * @typedef {{threshold: number, of: number, joined: number, remedy: number,
 *   trustees: {trustee: number, name: string, hall: number, remedy: number, rejected: number}[]}} Trustees
 * @typedef {{no: number, bidder: number, text: string, at_us: number, answer: string | null, answered_at_us: number | null}} Objection
 * @typedef {{section: string, bidder: number, digest: string, suggests: "bidder" | "platform", server_ok: boolean, stored: boolean, client_ok: boolean,
 *   certificate: string, attempts: number, seen_at_us: number | null}} EvidenceSheet
 * @typedef {{proposal: {deadline_us: number, reason: string, by: string} | null, absent: number | null,
 *   troubles: {section: string, bidder: number, trouble: string, at_us: number}[], evidence: EvidenceSheet[]}} Officers
 * @typedef {{section: string, bidder: number}} Row one bid, by what everybody knows of it
 * @typedef {Pick<import("../shared/store.js").Store, "sale" | "parts">} Shown
 */

/** The stages in their order. The last is there only where all were called together once more. @type {Stage[]} */
export const STAGES = ["receiving", "closed", "started", "listed", "unsealing", "combining", "read_out", "signing", "ended", "reconvened"];

/** @param {Shown} shown @returns {Tender | undefined} */
export function tenderOf({ parts }) {
  return parts.tender;
}

/** @param {Shown} shown @returns {OpeningPart | undefined} */
export function openingOf({ parts }) {
  return parts.opening;
}

/** @param {Shown} shown @returns {Unsealing | null} */
export function unsealingOf({ parts }) {
  return parts.unsealing ?? null;
}

/** @param {Shown} shown @returns {Trustees | null} */
export function trusteesOf({ parts }) {
  return parts.trustees ?? null;
}

/** @param {Shown} shown @returns {Objection[]} */
export function objectionsOf({ parts }) {
  return parts.objections?.objections ?? [];
}

/** What officers alone are shown. @param {Shown} shown @returns {Officers | undefined} */
export function officersOf({ parts }) {
  return parts.officers;
}

/** The sections in the order of the tender. @param {Shown} shown @returns {Section[]} */
export function sectionsOf(shown) {
  return (tenderOf(shown)?.sections ?? []).flatMap(({ section }) => shown.parts[`section/${section}`] ?? []);
}

/** Whether it may be known who bids. @param {Shown} shown */
export function isListed(shown) {
  return openingOf(shown)?.listed_at_us != null;
}

/** Whether it may be known what was bid. @param {Shown} shown */
export function isReadOut(shown) {
  return openingOf(shown)?.read_out_at_us != null;
}

/** Whether what was read out can no longer be confirmed or objected to on the spot. @param {Shown} shown */
export function isOver(shown) {
  return STAGES.indexOf(openingOf(shown)?.stage ?? "receiving") > STAGES.indexOf("read_out");
}

/**
 * The way of the opening, and where it stands.
 * @param {Shown} shown
 * @returns {{stage: Stage, state: "done" | "now" | "next" | "left_out", at_us: number | null}[]} `at_us`: when it began, or is to begin, where that is known
 */
export function stepsOf(shown) {
  const opening = openingOf(shown);
  const now = STAGES.indexOf(opening?.stage ?? "receiving");
  const stages = opening?.reconvened ? STAGES : STAGES.slice(0, -1);
  const held = opening?.stage !== "ended" || opening.listed_at_us !== null;
  const began = {
    closed: opening?.closed_at_us ?? opening?.deadline_us ?? null,
    started: opening?.started_at_us ?? null,
    listed: opening?.listed_at_us ?? null,
    unsealing: unsealingOf(shown)?.at_us ?? null,
    read_out: opening?.read_out_at_us ?? null,
  };
  return stages.map((stage, at) => {
    const skipped = !held && at > STAGES.indexOf("started") && stage !== "ended";
    const state = skipped ? "left_out" : at < now ? "done" : at === now ? "now" : "next";
    return { stage, state, at_us: began[/** @type {keyof typeof began} */ (stage)] ?? null };
  });
}

/**
 * What the clock counts down to: the deadline, or the end of the window.
 * @param {Shown} shown
 * @param {number} now_us house time
 * @returns {{counts: "deadline" | "closing" | "window" | "ending" | "paused" | "nothing", until_us: number | null}}
 *   `closing`, `ending`: the time is up, and the word of the house is awaited
 */
export function clockOf(shown, now_us) {
  const opening = openingOf(shown);
  if (shown.sale?.phase === "suspended") return { counts: "paused", until_us: null };
  if (opening?.stage === "receiving") return { counts: now_us < opening.deadline_us ? "deadline" : "closing", until_us: opening.deadline_us };
  const window = unsealingOf(shown);
  if (opening?.stage === "unsealing" && window) return { counts: now_us < window.ends_at_us ? "window" : "ending", until_us: window.ends_at_us };
  return { counts: "nothing", until_us: null };
}

/** Every envelope on the list, with its section. @param {Shown} shown */
export function envelopesOf(shown) {
  return sectionsOf(shown).flatMap(({ section, title, bidders }) => (bidders ?? []).map((bid) => ({ ...bid, section, title })));
}

/** @type {Record<EnvelopeState, "waiting" | "running" | "opened" | "lapsed">} */
const STANDS = { sealed: "waiting", unsealed: "running", remedied: "running", opened: "opened", revoked: "lapsed", withdrawn: "lapsed" };

/** Where an envelope stands in the unsealing. @param {EnvelopeState} state */
export function standOf(state) {
  return STANDS[state];
}

/**
 * The unsealing in figures; null before the list.
 * @param {Shown} shown
 * @param {number} now_us house time
 * @returns {{total: number, waiting: number, running: number, opened: number, lapsed: number, elapsed_us: number | null} | null}
 *   `running`: the bidder's half is there, or was found by the trustees, and the sheet is still to be read
 */
export function boardOf(shown, now_us) {
  if (!isListed(shown)) return null;
  const board = { total: 0, waiting: 0, running: 0, opened: 0, lapsed: 0 };
  for (const { state } of envelopesOf(shown)) {
    board.total += 1;
    board[standOf(state)] += 1;
  }
  const from_us = unsealingOf(shown)?.at_us;
  const until_us = openingOf(shown)?.read_out_at_us ?? now_us;
  return { ...board, elapsed_us: from_us === undefined ? null : Math.max(0, until_us - from_us) };
}

/** What officers know of one envelope that was not unsealed. @param {Shown} shown @param {string} section @param {number} bidder */
export function evidenceOf(shown, section, bidder) {
  return officersOf(shown)?.evidence.find((one) => one.section === section && one.bidder === bidder) ?? null;
}

/** What nothing was decided of yet, with the evidence to decide on. @param {Shown} shown */
export function undecidedOf(shown) {
  return envelopesOf(shown).filter(({ section, bidder, state }) => standOf(state) !== "opened" && standOf(state) !== "lapsed" && evidenceOf(shown, section, bidder) !== null);
}

/** The ceilings that are still to be announced. @param {Shown} shown */
export function ceilingsDue(shown) {
  const rules = tenderOf(shown)?.sections ?? [];
  return sectionsOf(shown).filter(({ section, failed, ceiling_fen }) => !failed && ceiling_fen === null && rules.find((one) => one.section === section)?.ceiling_told === "at_opening");
}

/** The coefficients that are still to be drawn. @param {Shown} shown */
export function coefficientsDue(shown) {
  const rules = tenderOf(shown)?.sections ?? [];
  return sectionsOf(shown).filter(({ section, failed, coefficient_permille }) => !failed && coefficient_permille === null && rules.find((one) => one.section === section)?.coefficients.length);
}

/** What was read out, in the order in which it is read. @param {Shown} shown */
export function rowsOf(shown) {
  return isReadOut(shown) ? sectionsOf(shown).flatMap(({ section, bidders }) => (bidders ?? []).map((bid) => ({ section, bidder: bid.bidder, bid }))) : [];
}
