// @ts-check
/**
 * Everything checked at once: the whole export, against receipts that somebody dropped on the page and checkpoints this browser remembers.
 * Knows no DOM.
 */

import { checkExport } from "../shared/check-export.js";
import { readCheckpoint } from "../shared/checkpoint.js";

/** So many checkpoints of a sale are remembered, the oldest and the newest among them. */
const REMEMBERED_MAX = 20;

/** @typedef {import("../shared/check-export.js").Verdict} Verdict */

export class Checker {
  /** @type {"idle" | "busy" | "done" | "failed"} */
  state = "idle";
  /** @type {Verdict | null} */
  verdict = null;
  /** Receipts and checkpoints that were handed in, by name. @type {Map<string, string>} */
  held = new Map();
  /** What was handed in since the last check and is neither. @type {string | null} */
  odd = null;

  #sale;
  #read;
  #storage;
  #told;

  /**
   * @param {{sale: string, read: () => Promise<string>, storage: Pick<Storage, "getItem" | "setItem">, told: () => void}} page
   *   `read` the export as it stands now; `told` is called whenever something is other than before
   */
  constructor({ sale, read, storage, told }) {
    this.#sale = sale;
    this.#read = read;
    this.#storage = storage;
    this.#told = told;
  }

  /** The checkpoints this browser has seen hold, oldest first. @returns {string[]} */
  get remembered() {
    try {
      const kept = JSON.parse(this.#storage.getItem(this.#name) ?? "[]");
      return Array.isArray(kept) ? kept.filter((note) => typeof note === "string" && readCheckpoint(note) !== null) : [];
    } catch {
      return [];
    }
  }

  get #name() {
    return `luochui/checkpoints/${this.#sale}`;
  }

  /**
   * Takes what somebody holds; what is neither receipt nor checkpoint is named and left out.
   * @param {string} name
   * @param {string} text
   */
  hand(name, text) {
    if (isReceipt(text) || readCheckpoint(text) !== null) {
      this.held.set(name, text);
      this.#fresh();
    } else {
      this.odd = name;
    }
    this.#told();
  }

  /** @param {string} name */
  drop(name) {
    this.held.delete(name);
    this.#fresh();
    this.#told();
  }

  /** Checks all of it. */
  async run() {
    if (this.state === "busy") return;
    this.state = "busy";
    this.odd = null;
    this.#told();
    try {
      const text = await this.#read();
      const notes = this.remembered.map((note) => [`remembered:${readCheckpoint(note)?.checkpoint.size}`, note]);
      this.verdict = await checkExport(text, { held: Object.fromEntries([...notes, ...this.held]) });
      if (this.verdict.verdict === "GOOD" && !this.verdict.unchecked) this.#remember(this.verdict.checkpoint);
      this.state = "done";
    } catch {
      this.state = "failed";
    }
    this.#told();
  }

  /** What was found no longer speaks of all that is held. */
  #fresh() {
    if (this.state === "done") this.state = "idle";
    this.verdict = null;
  }

  /** @param {string | null} note */
  #remember(note) {
    const kept = this.remembered;
    if (note === null || kept.includes(note)) return;
    const [oldest, ...rest] = [...kept, note];
    try {
      this.#storage.setItem(this.#name, JSON.stringify([oldest, ...rest.slice(1 - REMEMBERED_MAX)]));
    } catch {
      // A browser that remembers nothing still checks.
    }
  }
}

/** @param {string} text */
function isReceipt(text) {
  try {
    const plain = JSON.parse(text);
    return typeof plain?.header === "string" && typeof plain?.statement === "string";
  } catch {
    return false;
  }
}
