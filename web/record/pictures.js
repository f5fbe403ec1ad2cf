// @ts-check
/**
 * Fetches how the hall stood. One question at a time, and of those that wait only the newest is asked: whoever drags a slider passes many records and
 * wants the last. Knows no DOM.
 *
 * @typedef {{epoch: number, seq: number, head: string, arrived_us: number, at_us: number, parts: Record<string, any>}} Past
 * @typedef {{seq: number} | {at_us: number}} Wanted
 */

const KEPT_MAX = 64;
const AGAIN_MS = 1_000;

/** So long after one answer the next question waits: playing fast is not to hold up other readers. */
export const REST_MS = 120;

export class Pictures {
  /** Whether a question is under way. */
  asking = false;

  /** @type {Wanted | null} */
  #wanted = null;
  /** @type {Map<number, Past>} */
  #kept = new Map();
  #get;
  #rest;
  #told;

  /**
   * @param {object} parts
   * @param {(query: string) => Promise<{status: number, json(): Promise<any>}>} parts.get
   * @param {(ms: number) => Promise<unknown>} parts.rest
   * @param {(past: Past | null) => void} parts.told the picture last wanted; null: there is no such record
   */
  constructor({ get, rest, told }) {
    this.#get = get;
    this.#rest = rest;
    this.#told = told;
  }

  /** @param {Wanted} wanted */
  async want(wanted) {
    this.#wanted = wanted;
    const known = "seq" in wanted ? this.#kept.get(wanted.seq) : undefined;
    if (known) {
      this.#wanted = null;
      this.#told(known);
      return;
    }
    if (this.asking) return;
    this.asking = true;
    try {
      while (this.#wanted) await this.#ask(this.#wanted);
    } finally {
      this.asking = false;
    }
  }

  /** @param {Wanted} wanted */
  async #ask(wanted) {
    const found = await this.#answer("seq" in wanted ? `at=${wanted.seq}` : `at_us=${wanted.at_us}`);
    if (typeof found === "number") {
      await this.#rest(found);
      return;
    }
    if (found) this.#keep(found);
    if (this.#wanted === wanted) {
      this.#wanted = null;
      this.#told(found);
    } else if (found && "seq" in wanted) {
      this.#told(found); // On the way to the one wanted now.
    }
    await this.#rest(REST_MS);
  }

  /** A picture, null where there is none, or after how many milliseconds to ask again. @param {string} query @returns {Promise<Past | null | number>} */
  async #answer(query) {
    try {
      const answer = await this.#get(query);
      if (answer.status === 200) return await answer.json();
      if (answer.status === 404 || answer.status === 400) return null;
      return (await answer.json()).detail?.after_ms ?? AGAIN_MS;
    } catch {
      return AGAIN_MS; // The house cannot be reached: it is asked again until it can.
    }
  }

  /** @param {Past} past */
  #keep(past) {
    this.#kept.set(past.seq, past);
    if (this.#kept.size > KEPT_MAX) this.#kept.delete(/** @type {number} */ (this.#kept.keys().next().value));
  }
}
