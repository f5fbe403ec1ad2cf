// @ts-check
/** How the things of a quota sale are called. */

import { knows, t } from "../shared/i18n.js";
import { shortYuan } from "../shared/money.js";

/** Classes that a centre named otherwise than the packs do keep their own name. @param {string} name */
export function className(name) {
  return knows(`quota-class.${name}`) ? t(`quota-class.${name}`) : name;
}

/** @param {string} name */
export function roundName(name) {
  return knows(`round.${name}`) ? t(`round.${name}`) : name;
}

/** A price, or a dash where there is none. @param {number | null | undefined} fen */
export function orDash(fen) {
  return fen === null || fen === undefined ? "—" : shortYuan(fen);
}

/** @param {number | null | undefined} count */
export function counted(count) {
  return count === null || count === undefined ? "—" : String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
