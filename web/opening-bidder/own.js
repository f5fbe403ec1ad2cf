// @ts-check
/**
 * How a bidder stands in an opening, and what he is to do now. Knows no DOM.
 *
 * @typedef {{deposit: string | null, version: number, envelope: {manifest: string, spelled: string, at_us: number, chunks: Record<string, number>} | null,
 *   state: import("../opening/opening.js").EnvelopeState | null, may_unseal: boolean, troubles: {trouble: string, at_us: number}[],
 *   sheet: import("../opening/opening.js").SheetContent | null, flaws: string[], above_ceiling: boolean | null, confirmed_at_us: number | null}} OwnSection
 * @typedef {{bidder: number, name: string, signed_in_at_us: number | null, may_submit: boolean, sections: Record<string, OwnSection>}} Own
 * @typedef {import("../shared/acts.js").Act} Act
 * @typedef {{kind: "calm" | "act" | "sent" | "good" | "bad" | "away", key: string, next: string | null, refusal?: import("../shared/frames.js").Refusal}} Standing
 *   `key` says what is so, `next` what to do about it; both are locale keys
 */

/** What concerns an envelope. */
const OF_A_SECTION = new Set(["submit_envelope", "withdraw_envelope", "unseal", "confirm_sheet", "report_trouble"]);
/** What concerns the bidder in all sections. */
const OF_ALL = new Set(["sign_in", "object"]);

/** What to do about a refusal, by its code; of others their sentence says enough. @type {Record<string, string>} */
const AFTER = {
  E_SEAL_INCOMPLETE: "obid.after.upload",
  E_UPLOAD_NOT_FINISHED: "obid.after.upload",
  E_UPLOAD_UNKNOWN: "obid.after.upload",
  E_SUBMISSION_CLOSED: "obid.after.closed",
  E_SEAL_SIGNATURE: "obid.after.certificate",
  E_SEAL_CONTEXT_MISMATCH: "obid.after.reseal",
  E_REVEAL_MISMATCH: "obid.after.other-key",
  E_CERT_NOT_SHOWN: "obid.next.submit",
  E_NOT_AT_THIS_STAGE: "obid.after.stage",
};

/**
 * The act that is to be looked at: the newest that concerns this section.
 * @param {Act[]} acts newest first
 * @param {string} section
 * @returns {Act | null}
 */
export function lastAct(acts, section) {
  return acts.find(({ frame }) => OF_ALL.has(frame.type) || (OF_A_SECTION.has(frame.type) && frame.section === section)) ?? null;
}

/**
 * How he stands in a section.
 * @param {{live: boolean, stage: string | undefined, suspended: boolean, own: OwnSection | undefined, signedIn: boolean, act: Act | null, kept: boolean}} known
 *   `kept`: the house has an envelope that was not submitted
 * @returns {Standing}
 */
export function standingOf({ live, stage, suspended, own, signedIn, act, kept }) {
  if (!live) return { kind: "away", key: "obid.is.away", next: "obid.next.away" };
  if (act?.state === "sent" || act?.state === "unknown") return { kind: "sent", key: "obid.is.sent", next: "obid.next.sent" };
  if (act?.state === "refused" && act.refusal) return { kind: "bad", key: "obid.is.refused", next: AFTER[act.refusal.code] ?? null, refusal: act.refusal };
  if (!own) return { kind: "bad", key: "obid.is.not-registered", next: "obid.next.not-registered" };
  if (suspended) return { kind: "calm", key: "obid.is.paused", next: "obid.next.paused" };
  return stage === "receiving" ? receiving(own, kept) : opened(own, stage, signedIn);
}

/** @param {OwnSection} own @param {boolean} kept @returns {Standing} */
function receiving({ envelope }, kept) {
  if (kept) return { kind: "act", key: envelope ? "obid.is.replacing" : "obid.is.deposited", next: "obid.next.submit" };
  if (envelope) return { kind: "good", key: "obid.is.received", next: "obid.next.received" };
  return { kind: "act", key: "obid.is.nothing", next: "obid.next.seal" };
}

/** @param {OwnSection} own @param {string | undefined} stage @param {boolean} signedIn @returns {Standing} */
function opened({ envelope, state, may_unseal, sheet, confirmed_at_us }, stage, signedIn) {
  if (!envelope) return { kind: "calm", key: "obid.is.none", next: null };
  if (may_unseal) return { kind: "act", key: "obid.is.to-unseal", next: "obid.next.unseal" };
  if (state === "revoked" || state === "withdrawn") return { kind: "bad", key: `obid.is.${state}`, next: "obid.next.lapsed" };
  if (sheet && stage === "read_out" && confirmed_at_us === null) return { kind: "act", key: "obid.is.read-out", next: "obid.next.confirm" };
  if (sheet) return { kind: "good", key: confirmed_at_us === null ? "obid.is.opened" : "obid.is.confirmed", next: null };
  if (stage === "unsealing" && state === "unsealed") return { kind: "good", key: "obid.is.unsealed", next: "obid.next.wait" };
  if (!signedIn) return { kind: "act", key: "obid.is.absent", next: "obid.next.sign-in" };
  if (state === "remedied") return { kind: "calm", key: "obid.is.remedied", next: "obid.next.wait" };
  return { kind: "calm", key: state === "sealed" && stage === "combining" ? "obid.is.left-sealed" : "obid.is.waiting", next: "obid.next.wait" };
}

/**
 * What the seal desk needs to know of a section.
 * @param {import("../opening/opening.js").Tender} tender
 * @param {string} section
 * @param {Own} own
 * @returns {import("../seal/form.js").Tender}
 */
export function sealedFor({ hall, remedy, fields, price, sections }, section, own) {
  const rules = sections.find((one) => one.section === section);
  const version = own.sections[section].version + 1;
  return { hall, section, bidder: String(own.bidder), version, remedy, fields, price, ceiling_fen: rules?.ceiling_fen ?? null };
}

/**
 * The newest receipt of an envelope that was received in this section.
 * @param {Act[]} acts newest first
 * @param {string} section
 */
export function receiptOf(acts, section) {
  return acts.find(({ frame, state, sealed, receipt }) => frame.type === "submit_envelope" && frame.section === section && state === "accepted" && (sealed || receipt)) ?? null;
}

/**
 * What is under way before anything is asked of the record, as if it were.
 * @param {"sent" | "refused"} state
 * @param {import("../shared/frames.js").Refusal} [refusal]
 * @returns {Act}
 */
export function asAct(state, refusal) {
  return { id: "", frame: { type: "submit_envelope" }, asked_at_us: 0, state, refusal };
}
