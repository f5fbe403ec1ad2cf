// @ts-check
/**
 * What was asked of the house and has no answer yet. A frame is kept *before* it is sent, in its exact bytes, one entry an id, so that neither a
 * closed lid nor a second tab loses it.
 */

/** @typedef {{id: string, text: string, asked_at_us: number}} Kept */

export class Unanswered {
  #storage;
  #prefix;

  /**
   * @param {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} storage
   * @param {string} sale
   * @param {string} asker role and paddle: what one asked, another must not send
   */
  constructor(storage, sale, asker) {
    this.#storage = storage;
    this.#prefix = `luochui/unanswered/${sale}/${asker}/`;
  }

  /** @param {Kept} kept */
  keep(kept) {
    this.#storage.setItem(this.#prefix + kept.id, JSON.stringify(kept));
  }

  /** @param {string} id */
  settle(id) {
    this.#storage.removeItem(this.#prefix + id);
  }

  /** @param {string} id @returns {Kept | null} */
  get(id) {
    const text = this.#storage.getItem(this.#prefix + id);
    return text === null ? null : JSON.parse(text);
  }

  /** All, oldest first. @returns {Kept[]} */
  all() {
    const kept = [];
    for (let i = 0; i < this.#storage.length; i++) {
      const key = this.#storage.key(i);
      if (key?.startsWith(this.#prefix)) kept.push(JSON.parse(/** @type {string} */ (this.#storage.getItem(key))));
    }
    return kept.sort((a, b) => a.asked_at_us - b.asked_at_us);
  }
}
