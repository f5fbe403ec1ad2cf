// @ts-check
/** The house as a bidder at the kiosk meets it. The token stays in this object; all that is under way ends when it is forgotten. */

import { oneLine } from "../opening-bidder/sealed-receipt.js";
import { canonical } from "../shared/canonical.js";
import { saleUrl } from "../shared/house.js";

/**
 * @typedef {{manifest: string, spelled?: string, at_us: number}} OwnEnvelope
 * @typedef {{envelope: OwnEnvelope | null, version: number, state: string | null, may_unseal: boolean}} OwnSection
 * @typedef {{bidder: number, name: string, signed_in_at_us: number | null, sections: Record<string, OwnSection>}} Mine
 * @typedef {{number: string, code: string | null}} Receipt
 * @typedef {{zh: string, en: string}} Both
 */

export class Bidder {
  #token;
  #end = new AbortController();

  /** @param {string} sale @param {string} token */
  constructor(sale, token) {
    this.sale = sale;
    this.#token = token;
  }

  /** @returns {Promise<{mine: Mine, title: Both}>} */
  async picture() {
    const { mine, parts } = await this.#ask("/picture");
    if (!mine) throw new Refused({ zh: "未登记为本项目投标人。", en: "Not registered as a bidder here." });
    return { mine, title: parts.sale.title };
  }

  /**
   * One act. Throws with the house's own words where it says no.
   * @param {Record<string, unknown>} command
   */
  async act(command) {
    const said = await this.#ask("/commands", canonical({ id: crypto.randomUUID(), ...command }));
    const refused = said.outcome?.refused;
    if (refused) throw new Refused(refused);
  }

  /**
   * The receipt of the envelope that stands in a section, and its code as a picture's address; null where the house hands out none.
   * @param {string} section
   * @returns {Promise<Receipt | null>}
   */
  async receipt(section) {
    try {
      /** @type {import("../shared/frames.js").SealedReceipt} */
      const receipt = await this.#ask(`/receipt?section=${encodeURIComponent(section)}`);
      const answer = await this.#fetch("/code", oneLine(receipt));
      return { number: receipt.number, code: answer.ok ? `data:image/svg+xml,${encodeURIComponent(await answer.text())}` : null };
    } catch (fault) {
      if (fault instanceof Refused) return null;
      throw fault;
    }
  }

  forget() {
    this.#token = "";
    this.#end.abort();
  }

  /** @param {string} rest @param {string} [body] */
  async #ask(rest, body) {
    const answer = await this.#fetch(rest, body);
    const said = await answer.json();
    if (said.code) throw new Refused(said);
    return said;
  }

  /** @param {string} rest @param {string} [body] */
  #fetch(rest, body) {
    return fetch(saleUrl(this.sale, rest), {
      method: body === undefined ? "GET" : "POST",
      body,
      headers: { Authorization: `Bearer ${this.#token}` },
      cache: "no-store",
      signal: this.#end.signal,
    });
  }
}

/** The house said no, in both languages. */
export class Refused extends Error {
  /** @param {Both} words */
  constructor({ zh, en }) {
    super(en);
    this.words = { zh, en };
  }
}
