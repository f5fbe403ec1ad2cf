// @ts-check
/**
 * House time as far as this browser can know it, from `time` frames with four stamps. The sample with the shortest way counts; half that way is
 * how far off it may be.
 */

const SAMPLES_MAX = 16;

export class HouseClock {
  /** @type {{offset_us: number, rtt_us: number}[]} */
  #samples = [];

  /** @param {() => number} [now_us] this browser's time, whole microseconds since 1970, never running backwards */
  constructor(now_us = browserNow) {
    this.now_us = now_us;
  }

  /**
   * Takes in an answer to our `time` frame.
   * @param {{t0: number, t1_us: number, t2_us: number}} frame
   */
  sample({ t0, t1_us, t2_us }) {
    const t3 = this.now_us();
    const rtt_us = Math.max(0, t3 - t0 - (t2_us - t1_us));
    this.#samples.push({ offset_us: Math.round((t1_us - t0 + (t2_us - t3)) / 2), rtt_us });
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift();
  }

  /** Forgets all samples: after standby the browser's own clock may have stopped. */
  forget() {
    this.#samples = [];
  }

  get known() {
    return this.#samples.length > 0;
  }

  #best() {
    return this.#samples.reduce((best, sample) => (sample.rtt_us < best.rtt_us ? sample : best));
  }

  /** House time now, microseconds since 1970; the browser's own until the house has answered once. */
  house_us() {
    return this.now_us() + this.offset_us();
  }

  /** How far the house is ahead of this browser, in microseconds. */
  offset_us() {
    return this.known ? this.#best().offset_us : 0;
  }

  /** How far off `house_us` may be, in microseconds. */
  uncertainty_us() {
    return this.known ? Math.ceil(this.#best().rtt_us / 2) : 0;
  }

  /** The way there and back, newest sample, in microseconds; null before the first. */
  rtt_us() {
    return this.known ? this.#samples[this.#samples.length - 1].rtt_us : null;
  }
}

function browserNow() {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}
