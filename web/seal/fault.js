// @ts-check
/** Something about an envelope or a key does not hold; codes and sentences are those of engine/sealing/faults.py. */
export class SealFault extends Error {
  /**
   * @param {string} code
   * @param {Record<string, string | number>} detail where, by field name; never content, never a key
   */
  constructor(code, detail = {}) {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}
