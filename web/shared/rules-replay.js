// @ts-check
/**
 * A sale held again by its rules, as far as the public may see it: the same checks under the same article numbers as in
 * `clients/verifier.py`. Ends are worked out to the nanosecond, not taken from what is shown.
 */

import { must } from "./broken.js";
import { canonical } from "./canonical.js";
import { exact, micros } from "./exact.js";

/** Of each event its article, the phase of the sale before and after it, and the phase of its lot before and after it. */
const MAY = {
  SaleAnnounced: ["1", "-", "planned", ".", "."],
  SaleOpened: ["1", "planned", "open", ".", "."],
  SaleSuspended: ["13", "open", "suspended", ".", "."],
  SaleResumed: ["13", "suspended", "open", ".", "."],
  SaleClosed: ["14", "open", "closed", ".", "."],
  LotOpened: ["1", "open", ".", "waiting", "open"],
  BidPlaced: ["7", "open", ".", "open", "."],
  WarningCalled: ["9", "open", ".", "open", "."],
  WarningCancelled: ["10", ".", ".", "open", "."],
  HammerFell: ["11", "open", ".", "open", "sold"],
  LotPassed: ["12", "open", ".", "open", "passed"],
  LotWithdrawn: ["12", ".", ".", "waiting", "withdrawn"],
  LotReoffered: ["12", "open", ".", "passed", "waiting"],
  ReserveSet: ["12", ".", ".", "waiting", "."],
  BidVoided: ["22", ".", ".", "open", "."],
  BiddingClosed: ["16", "open", ".", "open", "."],
  BiddingExtended: ["18", "open", ".", ".", "."],
  StopRegistered: ["13", ".", ".", ".", "."],
  CopiesStated: ["45", ".", ".", ".", "."],
  ResultSigned: ["24", "closed", ".", ".", "."],
  ResultConfirmed: ["24", "closed", ".", ".", "."],
};
const SIGNERS = ["auctioneer", "supervisor"];
/** Phases in which a sale must be for a refusal to be true. @type {Record<string, string[]>} */
const GROUNDS = { E_AUCTION_PAUSED: ["suspended"], E_SALE_CLOSED: ["closed"], E_AUCTION_NOT_OPEN: ["-", "planned"] };

/**
 * @typedef {{amount: number, who: string, no: number | null}} Bid
 * @typedef {ReturnType<typeof newLot>} Lot
 * @typedef {import("./header.js").Header} Header
 */

export class Replay {
  seq = 0;
  /** What could not be judged, by name, and how often. @type {Record<string, number>} */
  unjudged = { hidden: 0, blind: 0, unbound: 0, codes: 0, rights: 0, ranks: 0, ends: 0 };
  /** @type {Map<number, Lot>} */
  #lots = new Map();
  /** @type {Map<string, string>} */
  #channels = new Map();
  /** @type {Map<string, string>} */
  #signed = new Map();
  /** Lots that must have a whole window left, by the article that says so. @type {Map<Lot, string>} */
  #full = new Map();
  #phase = "-";
  #at = 0n;
  #since = 0n;
  #recorded = 0n;
  /** @type {string | null} */
  #bound = null;
  #sheet;

  /** @param {any[]} records as they are published */
  constructor(records) {
    const told = records.flatMap((record) => record.events ?? []);
    must(1, "1", told[0]?.type === "SaleAnnounced" && records[0].outcome);
    const [first] = exact(records[0].outcome).events;
    this.#sheet = first.rules;
    const closed = told.some((event) => event.type === "SaleClosed");
    const over = new Set();
    for (const event of told) {
      const phase = may(event)[4];
      if (phase === "waiting") over.delete(event.lot);
      else if (phase !== "." && phase !== "open") over.add(event.lot);
    }
    const { amounts_public: sees, lifted } = this.#sheet.visibility;
    for (const entry of first.catalogue) {
      const open = { lot_end: over.has(entry.lot), sale_end: closed, never: false }[/** @type {"never"} */ (lifted)];
      const lot = newLot(entry, sees === "none" && !open);
      this.#lots.set(entry.lot, lot);
      if (lot.blind) this.unjudged.blind++;
    }
  }

  /**
   * Holds the sale on by one record.
   * @param {Header} header
   * @param {any} record as it is published
   * @param {{command: any, outcome: any} | null} [receipt] what was asked and what came of it, where a receipt tells
   */
  take(header, record, receipt = null) {
    const { events } = record;
    [this.seq, this.#at, this.#bound] = [header.seq, header.arrived_at, record.outcome ?? null];
    this.#full.clear();
    must(this.seq, "6", header.recorded_at >= this.#at && header.recorded_at >= this.#recorded);
    this.#recorded = header.recorded_at;
    if (events === undefined) return this.#refused(record.refused.code, receipt?.command);
    const results = events.length && events.every((/** @type {any} */ event) => event.type.startsWith("Result"));
    must(this.seq, "14", this.#phase !== "closed" || results);
    this.#count("hidden", !events.length);
    this.#count("unbound", events.length && !this.#bound);
    for (const event of events) this.#event(event, events.map((/** @type {any} */ each) => each.type));
    for (const event of receipt?.outcome.events ?? []) {
      const told = events.some((/** @type {any} */ each) => each.type === "BidPlaced");
      if (event.type === "BidPlaced") must(this.seq, "edit", told || this.#lot(event.lot).blind);
    }
    if (!this.#sheet.timed) return;
    for (const event of events) {
      if (event.type !== "BidPlaced") continue;
      const due = this.#due(this.#lot(event.lot));
      must(this.seq, "18", due === null || this.#sheet.timed.extension.top_k);
      this.#count("ends", due !== null);
    }
    if (this.#phase !== "open") return;
    for (const [lot, article] of this.#full) must(this.seq, article, end(lot) >= this.#at + BigInt(this.#sheet.timed.window));
  }

  /**
   * @param {any} e
   * @param {string[]} beside the types of all events of the record
   */
  #event(e, beside) {
    const { seq } = this;
    const [article, before, after, was, will] = may(e);
    const { timed, ...sheet } = this.#sheet;
    const lot = (e.lot ?? null) === null ? newLot({ plate: null, opening_price: 0 }, false, ".") : this.#lot(e.lot);
    const phase = this.#phase;
    must(seq, phase === "suspended" ? "13" : article, (before === "." || before === phase) && (was === "." || was === lot.phase));
    must(seq, "6", (e.at_us ?? null) === null || e.at_us === micros(this.#at));
    must(seq, "outcome", (e.plate ?? null) === null || e.plate === lot.plate);
    const leading = lot.bids.at(-1) ?? null;
    const ended = e.type === "HammerFell" || e.type === "LotPassed";
    if (e.type === "SaleOpened") must(seq, "1", this.#at >= BigInt(sheet.opens_at ?? 0));
    if (e.type === "LotOpened") must(seq, "1", timed?.advance === "together" || !this.#taking().length);
    if (e.type === "WarningCalled") {
      lot.calls++;
      must(seq, "9", !timed && lot.calls === e.call && e.call <= sheet.calls && (lot.blind || leading?.amount === e.price_fen));
    }
    if (e.type === "BiddingClosed") {
      const wait = beside.includes("SaleSuspended") ? 1n : BigInt(timed.grace);
      must(seq, "16", this.#at >= end(lot) + wait && e.closes_at_us === micros(end(lot)));
    }
    if (ended) must(seq, "16", !timed || beside.includes("BiddingClosed"));
    if (e.type === "LotPassed") must(seq, "12", lot.blind || (e.reserve_unmet === (leading !== null) && (lot.reserve || !leading)));
    if (e.type === "HammerFell") {
      const right = lot.blind || (leading !== null && leading.amount === e.price_fen && leading.who === canonical(e.who));
      must(seq, "11", right && (timed || lot.calls === sheet.calls));
      must(seq, "23", timed || lot.blind || this.#at >= lot.since + BigInt(sheet.dwell));
      this.#count("rights", sheet.deposit === "one_lot");
    }
    if (e.type === "SaleClosed") must(seq, "14", [...this.#lots.values()].every((each) => ["sold", "passed", "withdrawn"].includes(each.phase)));
    if (after !== ".") this.#phase = after;
    if (will !== ".") lot.phase = will;
    if (ended) lot.ended = lot.closes ?? this.#at;
    switch (e.type) {
      case "LotOpened":
        Object.assign(lot, { opened: this.#at, bids: [], no: 0, calls: 0, moved: null, extensions: 0 });
        lot.closes = lot.first = timed ? this.#at + BigInt(timed.free) + BigInt(timed.window) : null;
        must(seq, "16", e.closes_at_us === (lot.closes === null ? null : micros(lot.closes)));
        break;
      case "BidPlaced":
        if (!lot.blind) this.#bid(lot, e);
        break;
      case "BidVoided": {
        if (lot.blind) break;
        const found = lot.bids.find((bid) => bid.amount === e.amount_fen && bid.who === canonical(e.who) && (e.no === null || e.no === bid.no));
        must(seq, "22", found);
        if (found === leading) this.#full.set(lot, "22");
        lot.bids = lot.bids.filter((bid) => bid !== found);
        lot.since = this.#at;
        break;
      }
      case "BiddingExtended":
        for (const each of e.lot === null ? this.#taking() : [lot]) this.#extended(each, e.why, e.closes_at_us);
        break;
      case "LotReoffered": {
        const least = Math.ceil((lot.opening * (100 - sheet.reoffer_lower_percent)) / 100);
        lot.round++;
        must(seq, "12", e.round === lot.round && lot.round <= sheet.reoffers_max + 1 && least <= e.opening_fen && e.opening_fen <= lot.opening);
        [lot.opening, lot.ended, lot.qualified] = [e.opening_fen, null, null];
        break;
      }
      case "ReserveSet":
        lot.reserve = true;
        break;
      case "WarningCancelled":
        lot.calls = 0;
        break;
      case "SaleSuspended":
        this.#since = this.#bound ? BigInt(exact(this.#bound).events.at(-1).since) : this.#at;
        break;
      case "SaleResumed":
        for (const each of this.#taking()) {
          this.#full.set(each, "13");
          if (each.first !== null) each.first += this.#at - this.#since;
          each.since = this.#at;
          if (sheet.resume_for === "who_had_bid" && each.bids.length) each.qualified = each.bids.map((bid) => bid.who);
        }
        break;
      case "ResultSigned":
        must(seq, "24", SIGNERS.includes(e.role) && !this.#signed.has(e.role));
        this.#signed.set(e.role, e.report);
        break;
    }
    const reports = [...this.#signed.values()];
    must(seq, "24", reports.every((report) => report === reports[0]));
    if (e.type === "ResultConfirmed") must(seq, "24", reports.length === 2 && reports[0] === e.report);
  }

  /** @param {Lot} lot @param {any} e */
  #bid(lot, e) {
    const { seq } = this;
    const { price, least, step } = this.#asked(lot);
    const { timed, proxies } = this.#sheet;
    const [who, amount, basis] = [canonical(e.who), e.amount_fen, e.basis];
    must(seq, "16", lot.closes === null || this.#at <= lot.closes);
    must(seq, "6", e.no === null || e.no === lot.no + 1);
    const own = basis === "bid" || basis === "priority";
    const open = (own || !lot.reserve) && e.no !== null && "paddle" in e.who;
    must(seq, "outcome", this.#bound || !open); // What is shown in full is shown with what binds it.
    if (!this.#channels.has(who)) this.#channels.set(who, e.channel);
    must(seq, "5", this.#channels.get(who) === e.channel);
    must(seq, "4", this.#channels.size <= this.unjudged.hidden);
    must(seq, "13", lot.qualified === null || lot.qualified.includes(who));
    must(seq, "17", own || proxies);
    const equal = basis === "held" || basis === "priority";
    must(seq, "21", !equal || (lot.bids.length && amount === price));
    must(seq, "7", lot.bids.at(-1)?.who !== who || ((basis === "reserve" || basis === "proxy") && lot.reserve));
    must(seq, "7", equal || (amount >= least && (amount - least) % step === 0));
    const bound = basis === "bid" ? timed?.extension : null;
    if (bound?.reach && this.#at >= end(lot) - BigInt(bound.within)) must(seq, "18", amount <= Math.max(least, price + bound.reach));
    this.#count("ranks", equal);
    lot.bids.push({ amount, who, no: e.no });
    lot.no++;
    lot.since = this.#at;
    lot.calls = 0;
  }

  /** What is bid now, the least that may follow, and the step. @param {Lot} lot */
  #asked(lot) {
    const price = lot.bids.at(-1)?.amount ?? lot.opening;
    const bands = this.#sheet.increments.filter((/** @type {any} */ band) => band.from_price <= price);
    const { step } = bands.at(-1);
    return { price, least: lot.bids.length ? price + step : price, step };
  }

  /** Where a bid that arrives now moves the end of `lot`; null if it does not. @param {Lot} lot */
  #due(lot) {
    const rule = this.#sheet.timed.extension;
    if (lot.moved === this.#at || (rule.count_max !== null && lot.extensions >= rule.count_max)) return null;
    const [by, closes, at] = [BigInt(rule.by), end(lot), this.#at];
    const late = at >= closes - BigInt(rule.within);
    const less = by - BigInt(lot.extensions) * BigInt(rule.shrink);
    const least = BigInt(rule.least);
    /** @type {Record<string, bigint>} */
    const ends = { top_up: at + by, shrinking: at + (less > least ? less : least), ...(late ? { reset: at + by, add: closes + by } : {}) };
    let moved = ends[rule.kind] ?? 0n;
    if (rule.cap !== null && lot.first !== null && moved > lot.first + BigInt(rule.cap)) moved = lot.first + BigInt(rule.cap);
    return moved > closes ? moved : null;
  }

  /**
   * @param {Lot} lot
   * @param {"bid" | "void" | "resumption"} why
   * @param {number} shown
   */
  #extended(lot, why, shown) {
    const window = BigInt(this.#sheet.timed.window);
    const rest = end(lot) - this.#since;
    const left = why === "resumption" && rest > window ? rest : window;
    const moved = why === "bid" ? this.#due(lot) : this.#at + left;
    must(this.seq, { bid: "18", void: "22", resumption: "13" }[why], moved !== null && micros(moved) === shown && moved >= end(lot));
    lot.closes = moved;
    if (why !== "bid") return;
    lot.moved = this.#at;
    lot.extensions++;
  }

  /**
   * What a refusal was for must have been so: for the lot that a receipt names, or for any.
   * @param {string} code
   * @param {any} command
   */
  #refused(code, command) {
    const named = this.#lots.get(command?.lot);
    const lots = named ? [named] : [...this.#lots.values()];
    const transit = lots.filter((lot) => lot.ended !== null && lot.opened !== null && lot.opened <= this.#at && this.#at <= lot.ended);
    const late = lots.filter((lot) => !transit.includes(lot) && (lot.ended !== null || (lot.phase === "open" && lot.closes !== null && this.#at > lot.closes)));
    must(this.seq, "15", !(code in GROUNDS) || GROUNDS[code].includes(this.#phase));
    must(this.seq, "16", code !== "E_AUCTION_CLOSED" || (this.#sheet.timed && late.length));
    must(this.seq, "16", code !== "E_LATE_TRANSIT" || transit.length);
    if (code === "E_BID_TOO_LOW" && command?.type === "PlaceBid" && named && !named.blind) {
      const { least, step } = this.#asked(named);
      must(this.seq, "7", command.amount < least || (command.amount - least) % step);
    }
    this.#count("codes", !command && !(code in GROUNDS) && code !== "E_AUCTION_CLOSED" && code !== "E_LATE_TRANSIT");
  }

  /** The lots that take bids. */
  #taking() {
    return [...this.#lots.values()].filter((each) => each.phase === "open");
  }

  /** @param {number} number @returns {Lot} */
  #lot(number) {
    const lot = this.#lots.get(number);
    must(this.seq, "shape", lot);
    return lot;
  }

  /** @param {string} name @param {unknown} once */
  #count(name, once) {
    if (once) this.unjudged[name]++;
  }
}

/** @param {any} event @returns {string[]} */
function may(event) {
  return MAY[/** @type {keyof typeof MAY} */ (event.type)];
}

/** When a lot ends, if the clock ends it. @param {Lot} lot */
function end(lot) {
  if (lot.closes === null) throw new TypeError("no clock ends this lot");
  return lot.closes;
}

/** @param {{plate: string | null, opening_price: number}} entry @param {boolean} blind @param {string} [phase] */
function newLot({ plate, opening_price: opening }, blind, phase = "waiting") {
  return {
    plate,
    opening,
    phase,
    /** Whether its amounts are hidden. */
    blind,
    round: 1,
    reserve: false,
    calls: 0,
    /** Those that stand, lowest first. @type {Bid[]} */
    bids: [],
    /** The number of its last bid. */
    no: 0,
    /** @type {string[] | null} */
    qualified: null,
    /** @type {bigint | null} */
    opened: null,
    /** @type {bigint | null} */
    closes: null,
    /** When it would end without any extension. @type {bigint | null} */
    first: null,
    /** @type {bigint | null} */
    ended: null,
    /** Since when the price has stood. */
    since: 0n,
    /** Arrival of the bid that last moved the end. @type {bigint | null} */
    moved: null,
    extensions: 0,
  };
}
