// @ts-check
/** Tells the house up to which record this page shows the sale, so that the hammer can wait for those who are present: seldom, and the newest only. */

/** So long between two of them. */
const EVERY_MS = 1_000;

export class SeenSaid {
  #connection;
  #store;
  #said = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #next;

  /**
   * @param {Pick<import("./socket.js").Connection, "live" | "tell">} connection
   * @param {Pick<import("./store.js").Store, "rules" | "seq">} store
   */
  constructor(connection, store) {
    this.#connection = connection;
    this.#store = store;
  }

  /** To be called when the page has been drawn. */
  say() {
    if (!this.#connection.live) this.#said = 0; // the house counts anew on the next connection
    if (!this.#store.rules?.delivery_percent || !this.#connection.live || this.#next !== undefined) return;
    const { seq } = this.#store;
    if (seq === this.#said) return;
    this.#said = seq;
    this.#connection.tell({ type: "seen", seq });
    this.#next = setTimeout(() => {
      this.#next = undefined;
      this.say();
    }, EVERY_MS);
  }
}
