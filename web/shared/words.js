// @ts-check
/** How things are called on the screen: who, when, what happened. */

import { inLanguage, knows, spoken, t } from "./i18n.js";
import { capitals, shortYuan, words } from "./money.js";

/** @typedef {import("./frames.js").Who} Who */

/** `8 号` or, masked, `竞买人 3`. @param {Who | null | undefined} who */
export function whoText(who) {
  if (!who) return "";
  return "paddle" in who ? t("who.paddle", { no: who.paddle }) : t("who.alias", { no: who.alias });
}

/** The bare number, for large type. @param {Who} who */
export function whoNumber(who) {
  return "paddle" in who ? who.paddle : who.alias;
}

/** @param {import("./frames.js").Channel} channel */
export function channelText(channel) {
  return t(`channel.${channel}`);
}

/** What the price of the lot on the block is called now, as a locale key. @param {import("./frames.js").BlockPart} block */
export function priceName({ phase, price_fen }) {
  if (phase === "sold") return "price.hammer";
  if (price_fen !== null) return "price.now";
  return phase === "passed" ? "price.opening" : "price.opening-none";
}

/** The amount in capitals or in words. @param {number} fen */
export function spelledOut(fen) {
  return spoken() === "en" ? words(fen) : t("money.capitals", { capitals: capitals(fen) });
}

/** A price, or that it is not shown. @param {number | null | undefined} fen */
export function priceText(fen) {
  return fen === null || fen === undefined ? t("price.hidden") : shortYuan(fen);
}

/** @param {string} code */
export function classText(code) {
  return knows(`class.${code}`) ? t(`class.${code}`) : code;
}

const SHANGHAI_MS = 8 * 3600 * 1000;

/** Time of day at the house (UTC+8), `14:03:22`. @param {number} us */
export function timeText(us) {
  return new Date(us / 1000 + SHANGHAI_MS).toISOString().slice(11, 19);
}

/** With milliseconds. @param {number} us */
export function exactTimeText(us) {
  return new Date(us / 1000 + SHANGHAI_MS).toISOString().slice(11, 23);
}

/** `2016-10-15 09:30`. @param {number} us */
export function dateText(us) {
  return new Date(us / 1000 + SHANGHAI_MS).toISOString().slice(0, 16).replace("T", " ");
}

/** The `n`th call: 第一次, 第二次 … / going once, going twice, third call. @param {number} n */
export function callText(n) {
  return knows(`call.${n}`) ? t(`call.${n}`) : t("call.nth", { n });
}

/**
 * One event as a sentence; null for what is not worth one.
 * @param {import("./frames.js").Event} event
 */
export function eventText(event) {
  return eventTextIn("", event);
}

/**
 * The same in a kind of proceeding where what every kind knows is called otherwise.
 * @param {string} kind
 * @param {import("./frames.js").Event} event
 */
export function eventTextIn(kind, event) {
  const own = `event.${kind}.${event.type}`;
  const key = knows(own) ? own : `event.${event.type}`;
  if (!knows(key)) return null;
  const amount = event.amount_fen ?? event.price_fen;
  return t(key, {
    ...event,
    amount: amount === undefined || amount === null ? "" : shortYuan(amount),
    average: event.average_fen === undefined || event.average_fen === null ? "—" : shortYuan(event.average_fen),
    lowest: event.lowest_fen === undefined || event.lowest_fen === null ? "—" : shortYuan(event.lowest_fen),
    until: event.ends_at_us === undefined ? "" : timeText(event.ends_at_us),
    copies: event.copies ? t(`copies.${event.copies}`) : "",
    class: knows(`quota-class.${event.class}`) ? t(`quota-class.${event.class}`) : (event.class ?? ""),
    who: whoText(event.who),
    channel: event.channel ? channelText(event.channel) : "",
  });
}

/** @param {import("./frames.js").Frame | import("./frames.js").Refusal} frame */
export function refusalText(frame) {
  return inLanguage(/** @type {any} */ (frame));
}

/** Milliseconds of a span, `0.8 ms`, `23 ms`. @param {number} us */
export function spanText(us) {
  const ms = us / 1000;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
