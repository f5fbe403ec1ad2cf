// @ts-check
/**
 * Reading out row by row (唱标), paused and taken up again. Where the machine has no voice the rows go on by time, so that the mark on the screens
 * moves all the same.
 *
 * @typedef {{speak(line: any): void, cancel(): void, getVoices(): {lang: string}[]}} Speech the browser's `speechSynthesis`
 * @typedef {import("../shared/socket.js").Timer} Timer
 */

/** A row without a voice stays so long: as long as it takes to say it. */
export const SILENT_MS_A_CHARACTER = 180;

export class Reading {
  /** The row being read, from 0; null before and after. @type {number | null} */
  at = null;
  going = false;

  #speech;
  #make;
  #timer;
  #changed;
  /** @type {string[]} */
  #rows = [];
  #lang = "zh-CN";
  /** Counts what was begun: the end of a row that was broken off moves nothing. */
  #turn = 0;
  /** @type {(() => void) | null} */
  #waiting = null;

  /**
   * @param {{speech: Speech | undefined, make: (text: string, lang: string, done: () => void) => any, timer: Timer, changed: () => void}} parts `make`
   *   an utterance that calls `done` when it has been said or could not be
   */
  constructor({ speech, make, timer, changed }) {
    this.#speech = speech;
    this.#make = make;
    this.#timer = timer;
    this.#changed = changed;
  }

  /** Reads on from where it was, or from the beginning; or pauses. @param {string[]} rows what is said of each @param {string} lang */
  toggle(rows, lang) {
    if (this.going) return this.pause();
    this.#rows = rows;
    this.#lang = lang;
    this.#read(this.at === null || this.at >= rows.length ? 0 : this.at);
  }

  /** The row stays marked; read on from it, it is said again, whole. */
  pause() {
    this.#break();
    this.going = false;
    this.#changed();
  }

  /** To another row, and on from there if it was going. @param {number} by @param {string[]} rows @param {string} lang */
  step(by, rows, lang) {
    if (!rows.length) return;
    this.#rows = rows;
    this.#lang = lang;
    const next = Math.min(rows.length - 1, Math.max(0, this.at === null ? 0 : this.at + by));
    if (this.going) return this.#read(next);
    this.at = next;
    this.#changed();
  }

  /** Nothing is read, and nothing marked. */
  stop() {
    this.#break();
    this.going = false;
    this.at = null;
    this.#changed();
  }

  #break() {
    this.#turn += 1;
    this.#waiting?.();
    this.#waiting = null;
    this.#speech?.cancel();
  }

  /** @param {number} row */
  #read(row) {
    this.#break();
    if (row >= this.#rows.length) return this.stop();
    this.at = row;
    this.going = true;
    const turn = this.#turn;
    const done = () => {
      if (turn === this.#turn) this.#read(row + 1);
    };
    const text = this.#rows[row];
    const voiced = this.#speech?.getVoices().some(({ lang }) => lang.toLowerCase().startsWith(this.#lang.slice(0, 2)));
    if (voiced) this.#speech?.speak(this.#make(text, this.#lang, done));
    else this.#waiting = this.#timer.after(text.length * SILENT_MS_A_CHARACTER, done);
    this.#changed();
  }
}
