// @ts-check
/** What does not hold: the proof by its name, or the number of the article, and the first record at fault. As in `clients/verifier.py`. */

export class Broken extends Error {
  /**
   * @param {number} seq
   * @param {string} rule
   */
  constructor(seq, rule) {
    super(`record ${seq}: ${rule}`);
    this.seq = seq;
    this.rule = rule;
  }
}

/**
 * @param {number} seq
 * @param {string} rule
 * @param {unknown} good
 * @returns {asserts good}
 */
export function must(seq, rule, good) {
  if (!good) throw new Broken(seq, rule);
}
