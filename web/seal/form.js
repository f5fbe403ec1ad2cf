// @ts-check
/**
 * The opening sheet (开标一览表) as a bidder fills it in, by what the tender asks for. Knows no DOM.
 *
 * @typedef {{name: string, title: {zh: string, en: string}, kind: "money" | "whole" | "text", needed?: boolean}} Field
 * @typedef {{hall: string, section: string, bidder: string, version: number, remedy: boolean, fields: Field[], price: string, ceiling_fen?: number | null}} Tender
 *   `hall` is the hall key's statement; `ceiling_fen` is the highest price of the section, where it is published (最高投标限价)
 * @typedef {{key: string, values?: Record<string, string | number>}} Sentence a locale key
 * @typedef {{value: string | number | null, why: Sentence | null, warn?: Sentence | null}} Reading
 */
import { FEN_MAX, fenOf, yuan } from "../shared/money.js";
import { utf8 } from "../shared/bytes.js";
import { PASSPHRASE_CHARS_MIN } from "./recovery.js";

const TEXT_BYTES_MAX = 2000;
const WHOLE = /^\d{1,15}$/;

/**
 * What was typed into one field: its value, or why it is none. Neither of both for a field that may stay empty and does.
 * @param {Field} field
 * @param {string} typed
 * @param {Tender} tender
 * @returns {Reading}
 */
export function readField({ name, kind, needed = true }, typed, { price, ceiling_fen = null }) {
  const text = typed.trim();
  if (!text) return { value: null, why: needed ? { key: "seal.field.needed" } : null };
  if (kind === "text") {
    const fits = utf8(text).length <= TEXT_BYTES_MAX && !/\p{Surrogate}/u.test(text);
    return fits ? { value: text, why: null } : { value: null, why: { key: "seal.field.too-long", values: { most: TEXT_BYTES_MAX } } };
  }
  if (kind === "whole") {
    const digits = text.normalize("NFKC").replace(/[\s,，]/g, "");
    return WHOLE.test(digits) ? { value: Number(digits), why: null } : { value: null, why: { key: "seal.field.not-whole" } };
  }
  const fen = fenOf(text);
  if (fen === null) return { value: null, why: { key: "seal.field.not-money", values: { most: yuan(FEN_MAX) } } };
  const above = name === price && ceiling_fen !== null && fen > ceiling_fen;
  return { value: fen, why: null, warn: above ? { key: "seal.field.above-ceiling", values: { ceiling: yuan(ceiling_fen) } } : null };
}

/**
 * The sheet that was filled in, or null where a field is not as the tender asks.
 * @param {Tender} tender
 * @param {Record<string, string>} typed by field name
 * @returns {import("./content.js").SheetContent | null}
 */
export function sheetOf(tender, typed) {
  /** @type {import("./content.js").SheetContent} */
  const sheet = {};
  for (const field of tender.fields) {
    const { value, why } = readField(field, typed[field.name] ?? "", tender);
    if (why) return null;
    if (value !== null) sheet[field.name] = value;
  }
  return sheet;
}

/**
 * Files chosen one time after another: a later one of the same name stands for the earlier.
 * @template {{name: string}} T
 * @param {T[]} earlier
 * @param {T[]} chosen
 */
export function withFiles(earlier, chosen) {
  const names = new Set(chosen.map(({ name }) => name));
  return [...earlier.filter(({ name }) => !names.has(name)), ...chosen];
}

/**
 * Why a passphrase will not do, as a locale key; null if it will.
 * @param {string} words
 * @param {string} again
 */
export function passphraseFault(words, again) {
  if ([...words].length < PASSPHRASE_CHARS_MIN) return "seal.words.too-short";
  return words === again ? null : "seal.words.differ";
}

/** `1.5 MiB`. @param {number} bytes */
export function sizeText(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const [unit, size] = bytes < 1 << 20 ? ["KiB", 1024] : ["MiB", 1 << 20];
  return `${(bytes / size).toFixed(1)} ${unit}`;
}

/** What a fault says, with the words for the parts of an envelope. @param {Record<string, string | number>} detail @param {(key: string) => string} word */
export function named(detail, word) {
  const { part } = detail;
  return part === "sheet" || part === "documents" ? { ...detail, part: word(`seal.part.${part}`) } : detail;
}

/** The name of a file to be kept. @param {"recovery" | "receipt"} what @param {import("./context.js").Names} names */
export function fileName(what, { tender, section, bidder, version }) {
  return `${[what, tender, section, bidder, `v${version}`].join("-")}.json`;
}
