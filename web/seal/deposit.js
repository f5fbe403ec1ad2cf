// @ts-check
/**
 * Brings a sealed envelope to the house: says what it will be, sends what is missing, finishes. Whatever breaks is gone on with; a chunk is made when it
 * is sent, so nothing waits in memory.
 */
import { Backoff } from "../shared/backoff.js";
import { toHex } from "../shared/bytes.js";
import { canonical } from "../shared/canonical.js";
import { buffer } from "./bytes.js";

/** So many chunks are on their way at once. */
const AT_ONCE = 3;
/** So often it is begun anew before the house's word is passed on. */
const ROUNDS_MAX = 5;

/** The house does not know the upload, or misses or mistrusts a chunk: begin anew, and what is kept is not sent again. */
const ANEW = new Set(["E_UPLOAD_UNKNOWN", "E_SEAL_INCOMPLETE", "E_CHUNK_HASH", "E_CHUNK_SIZE"]);

/**
 * @typedef {{upload: string, finished: boolean, parts: {part: import("./parts.js").PartName, chunks: number, missing: [number, number][]}[]}} There
 * @typedef {{code: string, retry: string, zh: string, en: string, detail: Record<string, any>}} Said
 * @typedef {(done: number, of: number, waiting: boolean) => void} Told
 */

/** The house said no, in its own words. */
export class Refused extends Error {
  /** @param {Said} said */
  constructor(said) {
    super(said.code);
    this.said = said;
  }
}

export class Deposit {
  /**
   * @param {{address: string, token: string, signal?: AbortSignal, told?: Told, fetch?: typeof globalThis.fetch, wait?: (ms: number, signal?: AbortSignal) => Promise<void>}} how
   *   `address` is where uploads begin; `fetch` and `wait` are for tests
   */
  constructor({ address, token, signal, told = () => {}, fetch = globalThis.fetch.bind(globalThis), wait = resting }) {
    this.address = address;
    this.token = token;
    this.signal = signal;
    this.told = told;
    this.fetch = fetch;
    this.wait = wait;
    this.done = 0;
    this.of = 0;
  }

  /**
   * The house's answer with its receipt, when all of it is there; throws {@link Refused}.
   * @param {import("./sealer.js").Envelope} envelope
   * @param {(part: import("./parts.js").PartName, index: number) => Promise<{sealed: Uint8Array}>} chunk makes one again
   * @returns {Promise<{receipt: unknown}>}
   */
  async bring({ manifest, digests }, chunk) {
    const joined = Object.fromEntries(Object.entries(digests).map(([part, all]) => [part, all.map(toHex).join("")]));
    const begin = canonical({ manifest: manifest.text, digests: joined });
    for (let round = 1; ; round++) {
      try {
        const there = /** @type {There} */ (await this.#ask("POST", "", begin));
        await this.#send(there, chunk);
        return await this.#ask("POST", `/${there.upload}/finish`);
      } catch (fault) {
        if (!(fault instanceof Refused) || !ANEW.has(fault.said.code) || round === ROUNDS_MAX) throw fault;
      }
    }
  }

  /** @param {There} there @param {(part: import("./parts.js").PartName, index: number) => Promise<{sealed: Uint8Array}>} chunk */
  async #send({ upload, parts }, chunk) {
    const missing = parts.flatMap(({ part, missing }) => missing.flatMap(([first, last]) => range(first, last).map((index) => ({ part, index }))));
    this.of = parts.reduce((sum, { chunks }) => sum + chunks, 0);
    this.done = this.of - missing.length;
    this.told(this.done, this.of, false);
    const lane = async () => {
      for (let one = missing.shift(); one; one = missing.shift()) {
        const { sealed } = await chunk(one.part, one.index);
        await this.#ask("PUT", `/${upload}/${one.part}/${one.index}`, sealed);
        this.done++;
        this.told(this.done, this.of, false);
      }
    };
    const lanes = range(1, AT_ONCE).map(lane);
    try {
      await Promise.all(lanes);
    } finally {
      missing.length = 0;
      await Promise.allSettled(lanes);
    }
  }

  /**
   * Asks until there is an answer that stands.
   * @param {"POST" | "PUT"} method
   * @param {string} path
   * @param {string | Uint8Array} [body]
   * @returns {Promise<any>}
   */
  async #ask(method, path, body) {
    const backoff = new Backoff();
    const type = typeof body === "string" ? "application/json" : "application/octet-stream";
    const headers = { Authorization: `Bearer ${this.token}`, ...(body ? { "Content-Type": type } : {}) };
    const sent = body instanceof Uint8Array ? buffer(body) : body;
    for (;;) {
      this.signal?.throwIfAborted();
      const said = await this.#once(`${this.address}${path}`, { method, headers, body: sent, cache: "no-store", signal: this.signal });
      if (said && said.retry !== "after_ms") {
        if ("code" in said) throw new Refused(said);
        return said;
      }
      this.told(this.done, this.of, true);
      await this.wait(Math.max(backoff.next_ms(), said?.detail.after_ms ?? 0), this.signal);
    }
  }

  /** What the house says; null if nothing came of it, or what came is not the house's. @param {string} url @param {RequestInit} request */
  async #once(url, request) {
    try {
      const answer = await this.fetch(url, request);
      const said = await answer.json();
      return answer.ok || "code" in said ? said : null;
    } catch {
      this.signal?.throwIfAborted();
      return null;
    }
  }
}

/** @param {number} first @param {number} last */
function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** @param {number} ms @param {AbortSignal} [signal] ends it early @returns {Promise<void>} */
function resting(ms, signal) {
  return new Promise((go) => {
    const timer = setTimeout(go, ms);
    signal?.addEventListener("abort", () => (clearTimeout(timer), go()), { once: true });
  });
}
