// @ts-check
/** One person's visit to the kiosk: from the code that was read to the moment at which all is forgotten. Knows no page and keeps nothing. */

const CODE_CHARS_MAX = 4096;
const LOCKS_S = { least: 20, usual: 60, most: 300 };
/** So long before it locks it says so. */
const WARNS_MS = 15_000;

/** After how many seconds without touch it locks, by its address: `?lock=90`. @param {string | null} asked */
export function lockAfter(asked) {
  const seconds = asked !== null && /^\d{1,4}$/.test(asked) ? Number(asked) : LOCKS_S.usual;
  return Math.min(LOCKS_S.most, Math.max(LOCKS_S.least, seconds));
}

/**
 * The token in a code: a personal link to this opening. Throws the key of what to say where there is none.
 * @param {string} code as a reader types it
 * @param {string} sale
 */
export function tokenIn(code, sale) {
  const link = URL.canParse(code) ? new URL(code) : null;
  const token = link && new URLSearchParams(link.hash.slice(1)).get("token");
  if (!link || !token) throw new NoCode("kiosk.code.none");
  if (link.pathname.split("/").slice(1, 3).join("/") !== `sales/${encodeURIComponent(sale)}`) throw new NoCode("kiosk.code.other");
  return token;
}

/** What was read is no code for this place; its message is a locale key. */
export class NoCode extends Error {}

/** Puts together what a reader types, key by key; a person who leans on the keys makes no code. */
export class Reader {
  #typed = "";

  /** @param {string} key @returns {string | null} the code, once it is whole */
  type(key) {
    if (key === "Enter") {
      const typed = this.#typed;
      this.#typed = "";
      return typed || null;
    }
    if (key.length === 1 && this.#typed.length < CODE_CHARS_MAX) this.#typed += key;
    return null;
  }

  forget() {
    this.#typed = "";
  }
}

/** The time without touch. */
export class Lock {
  #touched_ms;

  /** @param {number} after_s @param {() => number} now_ms */
  constructor(after_s, now_ms) {
    this.after_ms = after_s * 1000;
    this.now_ms = now_ms;
    this.#touched_ms = now_ms();
  }

  touch() {
    this.#touched_ms = this.now_ms();
  }

  /** Until it locks. */
  get left_ms() {
    return Math.max(0, this.#touched_ms + this.after_ms - this.now_ms());
  }

  /** Whole seconds, once it is near; null before. */
  get warns_s() {
    return this.left_ms <= WARNS_MS ? Math.ceil(this.left_ms / 1000) : null;
  }
}

/**
 * What a bidder may do now in his sections.
 * @param {import("./bidder.js").Mine} mine
 */
export function mayDo(mine) {
  return {
    sign_in: mine.signed_in_at_us === null,
    unseal: Object.entries(mine.sections).flatMap(([section, own]) => (own.may_unseal && own.envelope?.spelled ? [section] : [])),
  };
}
