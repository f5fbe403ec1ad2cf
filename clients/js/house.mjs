// @ts-check
/**
 * A sale from Node: the pages' own connection and store, with a storage in memory and a ticket from a token.
 *
 *     import { join } from "../js/house.mjs";
 *     const sale = await join("http://localhost:8000", "plates-4", { token });
 *     const news = await sale.ask({ type: "bid", lot: 8, amount_fen: 1_050_000 });
 *
 * Needs a checkout (it uses `web/shared`), and Node 22 or later; Node 20 with `--experimental-websocket`.
 */

import { Connection, NotLetIn } from "../../web/shared/socket.js";
import { Store } from "../../web/shared/store.js";

/** What `localStorage` is to a page. Hand in one that writes a file where bids must outlive the program. */
export class MemoryStorage {
  /** @type {Map<string, string>} */
  #kept = new Map();

  get length() {
    return this.#kept.size;
  }

  /** @param {number} index */
  key(index) {
    return [...this.#kept.keys()][index] ?? null;
  }

  /** @param {string} key */
  getItem(key) {
    return this.#kept.get(key) ?? null;
  }

  /** @param {string} key @param {string} value */
  setItem(key, value) {
    this.#kept.set(key, value);
  }

  /** @param {string} key */
  removeItem(key) {
    this.#kept.delete(key);
  }
}

/** @typedef {import("../../web/shared/acts.js").News} News */

/** One viewer of one sale; reconnects by itself, and sends again what has no answer. */
export class Sale {
  store = new Store();
  connection;

  /**
   * @param {string} url of the house
   * @param {string} sale
   * @param {{token?: string, storage?: MemoryStorage}} [known]
   */
  constructor(url, sale, { token, storage = new MemoryStorage() } = {}) {
    const at = `${url.replace(/\/$/, "")}/api/sales/${encodeURIComponent(sale)}`;
    this.connection = new Connection({
      sale,
      store: this.store,
      open: () => new WebSocket(`${at.replace(/^http/, "ws")}/socket`),
      ticket: () => (token === undefined ? Promise.resolve(null) : takeTicket(at, token)),
      storage,
    });
  }

  /** The parts this viewer may see. */
  get parts() {
    return this.store.parts;
  }

  /**
   * Resolves with the parts as soon as `holds` is true of them; at once if it is now.
   * @param {(parts: Record<string, any>) => boolean} holds
   * @returns {Promise<Record<string, any>>}
   */
  until(holds) {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds(this.parts)) return;
        stop();
        resolve(this.parts);
      };
      const stop = this.store.on("change", look);
      look();
    });
  }

  /**
   * Asks something of the house; resolves when it is decided. Kept before it is sent, and sent again under the same id.
   * @param {{type: string, [field: string]: any}} frame without id
   * @returns {Promise<News>}
   */
  ask(frame) {
    return new Promise((resolve) => {
      /** @type {string | undefined} */
      let id;
      const stop = this.connection.on("news", (told) => {
        if (told.id !== id || !["accepted", "refused", "lost"].includes(told.news.state)) return;
        stop();
        resolve(told.news);
      });
      id = this.connection.ask(frame);
    });
  }
}

/**
 * Enters a sale; resolves when the whole picture is there. Rejects where the token is no good.
 * @param {string} url
 * @param {string} name
 * @param {{token?: string, storage?: MemoryStorage}} [known]
 */
export async function join(url, name, known) {
  const sale = new Sale(url, name, known);
  const shut = new Promise((_, reject) => sale.connection.on("state", (state) => state === "shut" && reject(new NotLetIn("the token was refused"))));
  await sale.connection.connect();
  await Promise.race([sale.until((parts) => parts.sale !== undefined), shut]);
  return sale;
}

/** @param {string} at @param {string} token */
async function takeTicket(at, token) {
  const answer = await fetch(`${at}/ticket`, { method: "POST", headers: { Authorization: `Bearer ${token}` } });
  if (answer.status === 401) throw new NotLetIn("the token was refused");
  if (!answer.ok) throw new Error(`ticket: ${answer.status}`);
  return (await answer.json()).ticket;
}
