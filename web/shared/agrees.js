// @ts-check
/** Whether what is shown of a record is what its outcome says. */

import { canonical } from "./canonical.js";
import { exact, micros } from "./exact.js";

/** What is told beside the outcome: counts that whoever judges works out himself, and plates, which an event names by their lot. */
const FREE = new Set(["plate", "paddles", "first", "last"]);

/** What nobody hears of an opening of sealed bids, and the record shows all the same once everything is read out. */
const QUIET = new Set([
  ...["BidderRegistered", "DepositRecorded", "EnvelopeReceived", "BidderSignedIn", "SheetOpened"],
  ...["TimeProposed", "TimeDropped", "TroubleReported", "EvidenceFiled"],
]);

/**
 * @param {any} record as it is shown
 * @param {string} outcome the bytes its digest binds
 * @param {boolean} whole all of it is shown; else what is null or masked was hidden, and events may be left out
 */
export function agrees(record, outcome, whole) {
  const said = exact(outcome);
  /** @type {any[]} */
  const shown = record.events ?? [];
  if (said.refused !== undefined || record.refused) return said.refused?.code === record.refused?.code;
  const events = said.events.filter((/** @type {any} */ event) => (whole && !QUIET.has(event.type)) || shown.some((each) => each.type === event.type));
  return events.length === shown.length && shown.every((each, i) => tells(each, told(events[i]), whole));
}

/** How everybody hears of an event that nothing hides. @param {any} event */
function told(event) {
  const heard = { ...event, class: event.quota_class, who: { paddle: event.paddle }, opening_fen: event.opening_price };
  for (const [name, value] of Object.entries(event)) {
    heard[`${name}_fen`] = value;
    if (name === "at" || name === "deadline" || name.endsWith("_at")) heard[`${name}_us`] = value === null ? null : micros(value);
  }
  return heard;
}

/** @param {any} shown @param {any} heard @param {boolean} whole */
function tells(shown, heard, whole) {
  return Object.entries(shown).every(([name, value]) => {
    const hidden = !whole && (value === null || value === "proxy" || (name === "who" && "alias" in value));
    return FREE.has(name) || hidden || canonical(value) === canonical(heard[name] ?? null);
  });
}
