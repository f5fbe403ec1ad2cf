// @ts-check
/**
 * What this viewer knows of the sale: folds frames, knows no DOM and no socket.
 *
 * A `record` counts only on top of what is already known. Older ones are dropped; one that begins after a gap is not folded, and the caller must
 * come back with `after`.
 */

import { Emitter } from "./emitter.js";

/**
 * @typedef {import("./frames.js").Frame} Frame
 * @typedef {"folded" | "old" | "gap" | "other"} Verdict
 * @typedef {{frame: Frame, before: Parts}} Change
 * @typedef {Record<string, any>} Parts
 */

/** @extends {Emitter<{change: Change}>} */
export class Store extends Emitter {
  /** @type {import("./frames.js").Welcome | null} */
  welcome = null;
  /** @type {string | number | null} */
  epoch = null;
  seq = 0;
  head = "";
  /** @type {Parts} */
  parts = {};
  /** @type {import("./frames.js").MinePart | null} */
  mine = null;
  /** @type {import("./frames.js").Presence | null} */
  presence = null;

  /** The newest checkpoint of the sale's log. @type {import("./frames.js").Checkpoint | null} */
  checkpoint = null;

  /** How many records the second copy lacks that should long be there. */
  behind = 0;

  #mine_seq = -1;

  /**
   * Takes in one frame of the house.
   * @param {Frame} frame
   * @returns {Verdict}
   */
  fold(frame) {
    const before = this.parts;
    const verdict = this.#fold(frame);
    if (verdict === "folded") this.emit("change", { frame, before });
    return verdict;
  }

  /** @param {Frame} frame @returns {Verdict} */
  #fold(frame) {
    switch (frame.type) {
      case "welcome":
        return this.#welcome(/** @type {import("./frames.js").Welcome} */ (frame));
      case "picture":
        return this.#picture(frame);
      case "record":
        return this.#record(frame);
      case "mine":
        return this.#mine(frame);
      case "presence":
        this.presence = /** @type {import("./frames.js").Presence} */ (frame);
        return "folded";
      case "checkpoint":
        this.checkpoint = /** @type {import("./frames.js").Checkpoint} */ (frame);
        return "folded";
      case "behind":
        this.behind = frame.records;
        return "folded";
      default:
        return "other";
    }
  }

  /** @param {import("./frames.js").Welcome} frame @returns {Verdict} */
  #welcome(frame) {
    this.welcome = frame;
    this.behind = 0; // Said again where it is more.
    if (this.epoch !== null && frame.epoch !== this.epoch) this.forget();
    return "folded";
  }

  /** @param {Frame} frame @returns {Verdict} */
  #picture({ epoch, seq, head, parts }) {
    if (epoch !== this.epoch) this.#mine_seq = -1;
    this.epoch = epoch;
    this.seq = seq;
    this.head = head;
    this.parts = parts;
    return "folded";
  }

  /** @param {Frame} frame @returns {Verdict} */
  #record({ epoch, prev, seq, head, parts }) {
    if (this.epoch === null || epoch !== this.epoch) return "gap";
    if (seq <= this.seq) return "old";
    if (prev > this.seq) return "gap";
    this.seq = seq;
    this.head = head;
    this.parts = { ...this.parts, ...parts };
    return "folded";
  }

  /** @param {Frame} frame @returns {Verdict} */
  #mine({ seq, part }) {
    if (seq < this.#mine_seq) return "old";
    this.#mine_seq = seq;
    this.mine = part;
    return "folded";
  }

  /** Where we stand, for `hello`; undefined before the first picture. */
  after() {
    return this.epoch === null ? undefined : { epoch: this.epoch, seq: this.seq, head: this.head };
  }

  /** The next `hello` asks for a whole picture; what is on screen stays until it comes. */
  forget() {
    this.epoch = null;
    this.seq = 0;
    this.head = "";
    this.#mine_seq = -1;
  }

  /** @returns {import("./frames.js").SalePart | undefined} */
  get sale() {
    return this.parts.sale;
  }

  /** @returns {import("./frames.js").RulesPart | undefined} */
  get rules() {
    return this.parts.rules;
  }

  /** The newest thing everybody was told in words. @returns {import("./frames.js").AnnouncementPart | null} */
  get announcement() {
    return this.parts.announcement ?? null;
  }

  /** In how many places the record is kept; undefined until the house has said so. @returns {import("./frames.js").CopiesPart | undefined} */
  get copies() {
    return this.parts.copies;
  }

  /** @returns {import("./frames.js").BlockPart | null} */
  get block() {
    return this.parts.block ?? null;
  }

  /** @returns {import("./frames.js").FiguresPart | undefined} */
  get figures() {
    return this.parts.figures;
  }

  /** All lots in the order of the catalogue. @returns {import("./frames.js").LotPart[]} */
  get lots() {
    return numbered(this.parts, "lot/");
  }

  /** Rostrum only. @returns {import("./frames.js").PaddlePart[]} */
  get paddles() {
    return numbered(this.parts, "paddle/");
  }
}

/**
 * @param {Parts} parts
 * @param {string} prefix
 */
function numbered(parts, prefix) {
  return Object.keys(parts)
    .filter((name) => name.startsWith(prefix))
    .map((name) => parts[name])
    .sort((a, b) => (a.lot ?? a.paddle) - (b.lot ?? b.paddle));
}
