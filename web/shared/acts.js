// @ts-check
/**
 * What this person asked of the house, newest first, each with what became of it. Survives a reload; the answers carry their receipts.
 *
 * @typedef {import("./frames.js").Refusal} Refusal
 * @typedef {"sent" | "unknown" | "accepted" | "refused" | "lost"} State
 *   `lost`: the house never saw it, and it will not be sent again by itself
 * @typedef {{id: string, frame: import("./frames.js").Frame, asked_at_us: number, state: State, seq?: number,
 *   events?: import("./frames.js").Event[], refusal?: Refusal, receipt?: import("./frames.js").Receipt,
 *   sealed?: import("./frames.js").SealedReceipt}} Act
 * @typedef {{state: State, seq?: number, events?: import("./frames.js").Event[], refusal?: Refusal,
 *   receipt?: import("./frames.js").Receipt, sealed?: import("./frames.js").SealedReceipt}} News
 */

const ACTS_MAX = 200;

export class Acts {
  /** @type {Act[]} */
  list = [];

  #storage;
  #key;

  /**
   * @param {Pick<Storage, "getItem" | "setItem">} storage
   * @param {string} sale
   * @param {string} asker
   */
  constructor(storage, sale, asker) {
    this.#storage = storage;
    this.#key = `luochui/acts/${sale}/${asker}`;
    this.read();
  }

  /** Takes over what is stored: another tab of the same person may have asked. */
  read() {
    const text = this.#storage.getItem(this.#key);
    if (text !== null) this.list = JSON.parse(text);
  }

  /** @param {{id: string, frame: import("./frames.js").Frame, asked_at_us: number}} asked */
  asked({ id, frame, asked_at_us }) {
    if (this.list.some((act) => act.id === id)) return this.news(id, { state: "sent" });
    this.list = [{ id, frame: shown(frame), asked_at_us, state: /** @type {State} */ ("sent") }, ...this.list].slice(0, ACTS_MAX);
    this.#keep();
  }

  /**
   * @param {string} id
   * @param {News} news
   */
  news(id, news) {
    this.list = this.list.map((act) => (act.id === id && !settled(act) ? told(act, news) : act));
    this.#keep();
  }

  #keep() {
    try {
      this.#storage.setItem(this.#key, JSON.stringify(this.list));
    } catch {
      // The storage is full: the list is a convenience, the record is with the house.
    }
  }
}

/** What another's maximum, a reserve or one's half of a key stands in: none of them is kept to be read again at an officer's desk, nor a receipt that quotes it. */
const SECRET = new Set(["hall_proxy", "reserve", "unseal"]);

/** @param {import("./frames.js").Frame} frame */
function shown(frame) {
  const { maximum_fen, reserve_fen, half, ...rest } = frame;
  return SECRET.has(frame.type) ? rest : frame;
}

/** @param {Act} act @param {News} news @returns {Act} */
function told(act, { receipt, sealed, ...news }) {
  return SECRET.has(act.frame.type) ? { ...act, ...news } : { ...act, ...news, receipt, sealed };
}

/** @param {Act} act */
function settled(act) {
  return act.state === "accepted" || act.state === "refused";
}

/** So long an act without an answer keeps the next one of its kind waiting. */
const WAIT_US = 60_000_000;

/**
 * Whether an act waits for its answer.
 * @param {Act} act
 * @param {number} now_us
 */
export function waits(act, now_us) {
  return (act.state === "sent" || act.state === "unknown") && now_us - act.asked_at_us < WAIT_US;
}
