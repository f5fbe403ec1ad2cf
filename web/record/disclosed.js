// @ts-check
/**
 * What a record of an opening says that was told to nobody when it happened, and is disclosed once all is read out: who registered, paid, submitted
 * and signed in, and whose sheet was opened. Its bytes are checked against the record like all others; here they are read for people.
 */

/** @typedef {import("../shared/frames.js").Event} Event */

/** Whose happening is put into words from the outcome itself. */
const OWN = new Set(["BidderRegistered", "DepositRecorded", "EnvelopeReceived", "BidderSignedIn", "SheetOpened"]);

/**
 * The events of a disclosed outcome, as far as they are of these kinds.
 * @param {string | undefined} outcome JSON, as it is on the record
 * @returns {Event[]}
 */
export function disclosedEvents(outcome) {
  if (!outcome) return [];
  try {
    const { events } = JSON.parse(outcome);
    if (!Array.isArray(events)) return [];
    return events.filter((event) => OWN.has(event?.type)).map(({ type, bidder, section, version, name }) => ({ type, bidder, section, version, name }));
  } catch {
    return [];
  }
}
