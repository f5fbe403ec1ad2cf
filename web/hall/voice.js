// @ts-check
/**
 * Speaks what happens on the block. What is spoken is always the newest: a price that is overtaken while another is being spoken is never said,
 * and a call, the hammer or a new lot breaks into whatever is being said.
 *
 * @typedef {{text: string, urgent: boolean}} Line
 * @typedef {{speaking: boolean, speak(line: any): void, cancel(): void, getVoices(): {lang: string}[]}} Speech the browser's `speechSynthesis`
 * @typedef {import("../shared/socket.js").Timer} Timer
 */

/** Prices that follow each other faster than this are spoken as one. */
export const SETTLES_MS = 500;

export class Voice {
  on = false;

  /** @type {Line | null} */
  #waiting = null;
  /** @type {(() => void) | null} */
  #settling = null;
  #speech;
  #make;
  #timer;

  /**
   * @param {{speech: Speech | undefined, make: (text: string, lang: string, done: () => void) => any, timer: Timer}} parts `make` an utterance
   *   that calls `done` when it has been said or could not be
   */
  constructor({ speech, make, timer }) {
    this.#speech = speech;
    this.#make = make;
    this.#timer = timer;
  }

  /** Whether this machine has a voice for a language. @param {string} lang */
  has(lang) {
    const wanted = lang.slice(0, 2);
    return this.#speech?.getVoices().some((voice) => voice.lang.toLowerCase().startsWith(wanted)) ?? false;
  }

  /** @param {boolean} on */
  turn(on) {
    this.on = on;
    this.#forget();
    if (!on) this.#speech?.cancel();
  }

  /**
   * @param {Line} line
   * @param {string} lang
   */
  tell(line, lang) {
    if (!this.on || !line.text) return;
    this.#forget();
    if (line.urgent) {
      this.#speech?.cancel();
      return this.#say(line, lang);
    }
    this.#waiting = line;
    this.#settling = this.#timer.after(SETTLES_MS, () => {
      this.#settling = null;
      this.#next(lang);
    });
  }

  #forget() {
    this.#settling?.();
    this.#settling = null;
    this.#waiting = null;
  }

  /** @param {string} lang */
  #next(lang) {
    if (!this.#waiting || this.#settling || this.#speech?.speaking) return;
    const line = this.#waiting;
    this.#waiting = null;
    this.#say(line, lang);
  }

  /**
   * @param {Line} line
   * @param {string} lang
   */
  #say(line, lang) {
    this.#speech?.speak(this.#make(line.text, lang, () => this.#next(lang)));
  }
}
