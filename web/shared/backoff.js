// @ts-check
/** How long to wait before the next try: doubles, up to a bound, and differs between browsers so that they do not all come back at once. */
export class Backoff {
  #tries = 0;

  /** @param {{first_ms?: number, most_ms?: number, random?: () => number}} [settings] */
  constructor({ first_ms = 250, most_ms = 10_000, random = Math.random } = {}) {
    this.first_ms = first_ms;
    this.most_ms = most_ms;
    this.random = random;
  }

  /** Milliseconds to wait now: between half and the whole of the doubled time. */
  next_ms() {
    const whole = Math.min(this.most_ms, this.first_ms * 2 ** this.#tries++);
    return Math.round(whole * (0.5 + this.random() / 2));
  }

  /** All is well again. */
  reset() {
    this.#tries = 0;
  }
}
