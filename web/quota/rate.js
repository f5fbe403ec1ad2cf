// @ts-check
/** How many offers come in a second, from the counts officers are told. Knows no DOM. */

const OVER_US = 10_000_000;

export class Rate {
  /** @type {{at_us: number, offers: number}[]} */
  #seen = [];

  /** What was counted, and when by the clock of the house. @param {number} at_us @param {number} offers */
  count(at_us, offers) {
    if (this.#seen.length && offers < this.#seen[this.#seen.length - 1].offers) this.#seen = [];
    this.#seen.push({ at_us, offers });
    this.#forget(at_us);
  }

  /** Keeps one count from before the span, to count from. @param {number} now_us */
  #forget(now_us) {
    while (this.#seen.length > 1 && this.#seen[1].at_us <= now_us - OVER_US) this.#seen.shift();
  }

  /** Offers a second over the last ten; null before there is anything to tell from. @param {number} now_us */
  per_s(now_us) {
    this.#forget(now_us);
    const [first] = this.#seen;
    if (!first) return null;
    return Math.max(0, ((this.#seen[this.#seen.length - 1].offers - first.offers) * 1_000_000) / OVER_US);
  }
}
