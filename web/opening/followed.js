// @ts-check
/**
 * Which row is being read, told from one page to the others of the same browser: the desk reads, the hall on the second screen follows. Nothing of it
 * goes to the house; what is told is a place in a sheet that everybody sees.
 *
 * @typedef {import("./opening.js").Row} Row
 */

export class Followed {
  /** The row another page reads, or null. @type {Row | null} */
  row = null;

  #channel;

  /** @param {string} sale @param {() => void} changed @param {(name: string) => BroadcastChannel} [open] */
  constructor(sale, changed, open = (name) => new BroadcastChannel(name)) {
    this.#channel = open(`luochui/reading/${sale}`);
    this.#channel.onmessage = ({ data }) => {
      const row = data?.row;
      this.row = typeof row?.section === "string" && Number.isInteger(row.bidder) ? { section: row.section, bidder: row.bidder } : null;
      changed();
    };
  }

  /** @param {Row | null} row */
  tell(row) {
    this.#channel.postMessage({ row });
  }
}
