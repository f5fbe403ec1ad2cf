// @ts-check
/** The house as the builder asks it. */

import { heldToken } from "../shared/address.js";

export const HOUSE = "house";
export const LIST_BYTES_MAX = 2 ** 20;

/**
 * @typedef {{code: string, file: string, line: number | null, field: string | null, found: string, wanted: string, zh: string, en: string}} Fault
 * @typedef {{file: string, header: string[], rows: {line: number, cells: string[]}[], left_out: number}} Lines
 * @typedef {{lot: number, plate: string, opening_fen: number, reserve: boolean, classes: string[]}} Lot
 * @typedef {{lots: Lot[], paddles: {hall: number, online: number}, opening_fen: number, reserves: number,
 *   classes: {class: string, zh: string, en: string, lots: number}[], officers: string[]}} Preview
 * @typedef {{faults: Fault[], more: number, toml: string, lines: Record<string, Lines>, digest: string | null, preview: Preview | null, sheet: any,
 *   rules_digest: string | null}} Report
 * @typedef {{sale: string, links: {role: string, principal: string, path: string, token: string}[]}} Announced
 * @typedef {{name: string, bytes: Uint8Array}} List
 */

/** The house said no, in its own words. */
export class Refused extends Error {
  /** @param {{code: string, zh: string, en: string}} said @param {number} status @param {number} after_ms */
  constructor(said, status, after_ms) {
    super(said.code);
    this.said = said;
    this.status = status;
    this.after_ms = after_ms;
  }
}

/**
 * @param {"check" | "announce"} what
 * @param {object} form
 * @param {Record<string, List>} lists
 * @param {string | null} digest
 * @returns {Promise<any>}
 */
export async function ask(what, form, lists, digest = null) {
  const body = { form, digest, ...Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, base64(list.bytes)])) };
  const answer = await fetch(`/api/builder/${what}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${heldToken(HOUSE) ?? ""}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
    cache: "no-store",
  });
  if (answer.ok) return answer.json();
  const said = await answer.json();
  throw new Refused(said, answer.status, said.detail?.after_ms ?? 0);
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 0x8000) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  return btoa(pieces.join(""));
}
