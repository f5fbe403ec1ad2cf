// @ts-check
/** What clerk and registrar enter for a person who stands before them. */

import { html, nothing } from "../vendor/lit.js";
import { t } from "./i18n.js";
import { fenOf, shortYuan } from "./money.js";
import { spelledOut } from "./words.js";

/**
 * @typedef {import("./asking.js").Question} Question
 * @typedef {import("./live-page.js").LivePage} Page
 */

/** The paddle that was typed, or null where it is none. @param {FormData} fields */
export function paddleOf(fields) {
  const typed = String(fields.get("paddle") ?? "").normalize("NFKC").trim();
  const paddle = /^\d{1,7}$/.test(typed) ? Number(typed) : 0;
  return paddle >= 1 && paddle <= 1_000_000 ? paddle : null;
}

/** Why nothing can be entered for a paddle of the hall, as a sentence; null if it can. @param {Page} page @param {number | null} paddle */
function notOfTheHall({ store }, paddle) {
  if (paddle === null) return t("clerk.unreadable-paddle");
  const known = store.parts[`paddle/${paddle}`];
  if (!known) return t("clerk.no-paddle", { no: paddle });
  return known.channel === "hall" ? null : t("clerk.online-paddle", { no: paddle });
}

export function paddleField(value = "") {
  return html`<label><span>${t("clerk.paddle")}</span><input class="number" name="paddle" inputmode="numeric" required autocomplete="off" .value=${value}></label>`;
}

/** @param {Page} page @returns {Question} */
export function admission(page) {
  return {
    title: () => t("clerk.admit"),
    act: () => t("clerk.admit-do"),
    body: () => html`${paddleField()}
      <label><span>${t("clerk.channel")}</span><select name="channel"><option value="hall">${t("channel.hall")}</option><option value="online">${t("channel.online")}</option></select></label>
      <label><span>${t("clerk.deposits")}</span><input class="number" name="deposits" type="number" min="1" max="1000" value="1" required></label>`,
    send: (fields) => admit(page, fields),
  };
}

/** Gives out a paddle, or says why not. @param {Page} page @param {FormData} fields */
export function admit(page, fields) {
  const paddle = paddleOf(fields);
  if (paddle === null) return t("clerk.unreadable-paddle");
  page.connection.ask({ type: "admit", paddle, channel: String(fields.get("channel")), deposits: Number(fields.get("deposits")) });
  return null;
}

/** The rules are accepted at the desk. @param {Page} page @returns {Question} */
export function attestation(page) {
  return {
    title: () => t("control.attest_rules"),
    act: () => t("control.attest_rules"),
    body: () => html`<p class="muted">${t("asking.attest.more")} <span class="code">${page.store.sale?.rules.slice(0, 16)}</span></p>${paddleField()}`,
    send: (fields) => attest(page, paddleOf(fields)),
  };
}

/** @param {Page} page @param {number | null} paddle */
export function attest(page, paddle) {
  const wrong = notOfTheHall(page, paddle);
  if (wrong === null) page.connection.ask({ type: "attest_rules", paddle, digest: page.store.sale?.rules });
  return wrong;
}

/**
 * A maximum is left with the house for a paddle of the hall, or taken back. It is read back before it goes, and shown nowhere afterwards.
 * @param {Page} page
 * @returns {Question}
 */
export function commission(page) {
  let read = "";
  const lots = () => page.store.lots.filter(({ phase }) => phase === "waiting" || phase === "open");
  return {
    title: () => t("control.hall_proxy"),
    act: () => t("control.hall_proxy"),
    body: () => html`<p class="muted">${t("asking.commission.more")}</p>${paddleField()}
      <label><span>${t("asking.lot")}</span><select name="lot">${lots().map((lot) => html`<option value=${lot.lot} ?selected=${lot.phase === "open"}>${t("lot.no", { n: lot.lot })} ${lot.plate}</option>`)}</select></label>
      <label><span>${t("asking.maximum")}</span><input name="maximum" class="money" inputmode="decimal" autocomplete="off"></label>
      ${lots().length ? nothing : html`<p class="bad">${t("cannot.no-next")}</p>`}`,
    send: (fields) => {
      const paddle = paddleOf(fields);
      const lot = Number(fields.get("lot"));
      const wrong = notOfTheHall(page, paddle);
      if (wrong !== null) return wrong;
      const typed = String(fields.get("maximum") ?? "").trim();
      const maximum_fen = fenOf(typed);
      if (typed !== "" && maximum_fen === null) return t("desk.not-a-price");
      const meant = `${paddle}/${lot}/${maximum_fen}`;
      if (read !== meant) {
        read = meant;
        if (maximum_fen === null) return t("asking.commission.back", { no: paddle ?? 0, lot });
        return t("asking.commission.read", { no: paddle ?? 0, lot, amount: shortYuan(maximum_fen), words: spelledOut(maximum_fen) });
      }
      page.connection.ask(maximum_fen === null ? { type: "cancel_hall_proxy", lot, paddle } : { type: "hall_proxy", lot, paddle, maximum_fen });
      return null;
    },
  };
}
