// @ts-check
/** The house as a bidder at the kiosk meets it. The token stays in this object; all that is under way ends when it is forgotten. */

import { canonical } from "../shared/canonical.js";
import { saleUrl } from "../shared/house.js";

/**
 * @typedef {{manifest: string, spelled?: string, at_us: number}} OwnEnvelope
 * @typedef {{envelope: OwnEnvelope | null, version: number, state: string | null, may_unseal: boolean}} OwnSection
 * @typedef {{bidder: number, name: string, signed_in_at_us: number | null, sections: Record<string, OwnSection>}} Mine
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

  forget() {
    this.#token = "";
    this.#end.abort();
  }

  /** @param {string} rest @param {string} [body] */
  async #ask(rest, body) {
    const answer = await fetch(saleUrl(this.sale, rest), {
      method: body === undefined ? "GET" : "POST",
      body,
      headers: { Authorization: `Bearer ${this.#token}` },
      cache: "no-store",
      signal: this.#end.signal,
    });
    const said = await answer.json();
    if (said.code) throw new Refused(said);
    return said;
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
