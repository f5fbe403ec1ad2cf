// @ts-check
/** The house as a page reaches it: its addresses, its tickets, its socket. */

import { heldToken } from "./address.js";
import { Connection, NotLetIn } from "./socket.js";

/** @param {string} sale @param {string} rest */
export function saleUrl(sale, rest = "") {
  return `/api/sales/${encodeURIComponent(sale)}${rest}`;
}

/** @param {string} url @returns {Promise<any>} */
export async function getJson(url) {
  const answer = await fetch(url, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

/** @param {string} url */
export async function getText(url) {
  const answer = await fetch(url, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.text();
}

/**
 * A ticket for one connection.
 * @param {string} sale
 */
async function takeTicket(sale) {
  const token = heldToken(sale);
  if (token === null) throw new NotLetIn("no token");
  const answer = await fetch(saleUrl(sale, "/ticket"), { method: "POST", headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
  if (answer.status === 401 || answer.status === 403) throw new NotLetIn("token refused");
  if (!answer.ok) throw new Error(`ticket: ${answer.status}`);
  return (await answer.json()).ticket;
}

/**
 * @param {string} sale
 * @param {import("./store.js").Store} store
 * @param {{ticket: boolean}} wanted
 */
export function connectionTo(sale, store, { ticket }) {
  const connection = new Connection({
    sale,
    store,
    open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${saleUrl(sale, "/socket")}`),
    ticket: ticket ? () => takeTicket(sale) : async () => null,
    storage: localStorage,
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && connection.wake());
  for (const turn of ["online", "offline"]) addEventListener(turn, () => connection.wake());
  addEventListener("pageshow", (event) => event.persisted && connection.wake());
  return connection;
}
