// @ts-check
/**
 * The way of a sale from record to record, as far as the ledger has read it: where the next bid, hammer or suspension is, and how time goes on while
 * it is played. Instants are arrivals at the house, in microseconds; what was taken up later never stands earlier. Knows no DOM.
 *
 * @typedef {import("./ledger.js").Entry} Entry
 * @typedef {"hammer" | "bid" | "stage" | "envelope" | "suspension"} Kind
 * @typedef {Partial<Record<Kind, readonly string[]>>} Types what counts as which kind of step
 */

const suspension = ["SaleSuspended", "SaleResumed"];

/** @type {Types} */
export const OF_A_SALE = { hammer: ["HammerFell", "LotPassed", "LotWithdrawn"], bid: ["BidPlaced", "BidVoided"], suspension };

/** @type {Types} */
export const OF_AN_OPENING = {
  stage: ["SubmissionClosed", "OpeningStarted", "ListPublished", "UnsealingOpened", "UnsealingClosed", "BidsReadOut", "SigningOpened", "OpeningEnded", "OpeningReconvened"],
  envelope: ["EnvelopeReceived", "EnvelopeUnsealed", "EnvelopeLapsed", "SheetOpened"],
  suspension,
};

/** With which a day is taken to begin, where somebody types a time without one. */
const BEGINS = ["SaleOpened", "SubmissionClosed"];

/** Nobody watches an empty hall: a silence longer than this is cut to what remains of it below. */
export const SILENCE_US = 20_000_000;
export const BEFORE_US = 2_000_000;

const DAY_US = 86_400_000_000;
const HOUSE_US = 8 * 3_600_000_000;

export class Course {
  /** @type {Entry[]} */
  #entries = [];
  /** @type {number[]} */
  #seqs = [];
  /** Arrivals, never going back. @type {number[]} */
  #at_us = [];
  /** The records of each kind of step. @type {Map<Kind, number[]>} */
  #steps = new Map();

  /**
   * @param {Iterable<Entry>} entries in any order
   * @param {Types} [types]
   */
  constructor(entries, types = OF_A_SALE) {
    const kinds = /** @type {[Kind, readonly string[]][]} */ (Object.entries(types));
    for (const [kind] of kinds) this.#steps.set(kind, []);
    this.#entries = [...entries].sort((a, b) => a.seq - b.seq);
    for (const { seq, arrived_at, events } of this.#entries) {
      this.#seqs.push(seq);
      this.#at_us.push(Math.max(this.#at_us.at(-1) ?? 0, Number(arrived_at / 1000n)));
      for (const [kind, counted] of kinds) if (events.some(({ type }) => counted.includes(type))) this.#steps.get(kind)?.push(seq);
    }
  }

  /** The last record read; 0 if none is. */
  get last() {
    return this.#entries.at(-1)?.seq ?? 0;
  }

  /** When a record's command arrived; null if it has not been read. @param {number} seq */
  at_us(seq) {
    const i = this.#index(seq);
    return this.#entries[i]?.seq === seq ? this.#at_us[i] : null;
  }

  /** What happened in a record, as far as it is public. @param {number} seq */
  events(seq) {
    const entry = this.#entries[this.#index(seq)];
    return entry?.seq === seq ? entry.events : [];
  }

  /**
   * The nearest step of a kind before or after a record; null if there is none.
   * @param {Kind} kind
   * @param {number} from
   * @param {1 | -1} way
   */
  step(kind, from, way) {
    const seqs = this.#steps.get(kind) ?? [];
    return (way > 0 ? seqs[upTo(seqs, from)] : seqs[upTo(seqs, from - 1) - 1]) ?? null;
  }

  /** The last record that had arrived at an instant; 0 before the first. @param {number} at_us */
  seqAt(at_us) {
    return this.#entries[upTo(this.#at_us, at_us) - 1]?.seq ?? 0;
  }

  /**
   * Where the clock of the hall stands after a while of playing. A long silence is cut short.
   * @param {number} at_us
   * @param {number} for_us as long as it was played, times the speed
   */
  onward(at_us, for_us) {
    const after_us = at_us + for_us;
    const next_us = this.#at_us[this.#index(this.seqAt(at_us)) + 1];
    return next_us !== undefined && next_us - after_us > SILENCE_US ? next_us - BEFORE_US : after_us;
  }

  /**
   * What a person typed to go to: a record's number, a time of the sale's day, or a date and a time, all at the house (UTC+8).
   * @param {string} text
   * @returns {{seq: number} | {at_us: number} | null}
   */
  read(text) {
    const typed = text.normalize("NFKC").trim();
    if (/^[1-9][0-9]{0,14}$/.test(typed)) return { seq: Number(typed) };
    const found = /^(?:(\d{4}-\d{2}-\d{2})[T ])?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?$/.exec(typed);
    if (!found) return null;
    const [, day, hours, minutes, seconds = "0", fraction = ""] = found;
    if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
    const midnight_us = day ? Date.parse(`${day}T00:00:00+08:00`) * 1000 : this.#midnight_us();
    if (!Number.isFinite(midnight_us)) return null;
    return { at_us: midnight_us + ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000_000 + Number(fraction.padEnd(6, "0")) };
  }

  /** Of the day on which the sale was opened. */
  #midnight_us() {
    const opened = this.#entries.findIndex(({ events }) => events.some(({ type }) => BEGINS.includes(type)));
    const at_us = this.#at_us[Math.max(0, opened)] ?? NaN;
    return at_us - ((at_us + HOUSE_US) % DAY_US);
  }

  /** Where a record stands; -1 for none. @param {number} seq */
  #index(seq) {
    return upTo(this.#seqs, seq) - 1;
  }
}

/** How many of a rising row of numbers are not above a limit. @param {number[]} row @param {number} limit */
function upTo(row, limit) {
  let [from, to] = [0, row.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (row[middle] <= limit) from = middle + 1;
    else to = middle;
  }
  return from;
}
