// @ts-check
/** What is asked back before an act of the rostrum is sent. */

import { html, nothing } from "../vendor/lit.js";
import { REASONS, reasonOf } from "../shared/asking.js";
import { t } from "../shared/i18n.js";
import { fenOf, shortYuan } from "../shared/money.js";
import { reportQuestion } from "../shared/signing.js";
import { openingBounds, reofferable } from "./controls.js";

/**
 * @typedef {import("../shared/asking.js").Question} Question
 * @typedef {import("../shared/frames.js").LotPart} LotPart
 * @typedef {import("./rostrum.js").Rostrum} Page
 */

const WITHDRAWN_BECAUSE = ["asking.withdrawn.1", "asking.withdrawn.2"];

/** @type {Record<string, (page: Page, lot?: LotPart) => Question>} */
export const QUESTIONS = {
  suspend: (page) => ({
    title: () => t("asking.suspend"),
    act: () => t("control.suspend"),
    body: () => html`<p class="muted">${t("asking.suspend.more")}</p>`,
    presets: () => REASONS.map((key) => t(key)),
    send: (fields) => sent(page, { type: "suspend", reason: reasonOf(fields) }),
  }),

  resume: (page) => ({
    title: () => t("asking.resume"),
    act: () => t("control.resume"),
    body: () => resumption(page),
    send: () => sent(page, { type: "resume" }),
  }),

  close_sale: (page) => ({
    title: () => t("asking.close_sale"),
    act: () => t("control.close_sale"),
    body: () => html`<p class="muted">${t("asking.close_sale.more")}</p>`,
    send: () => sent(page, { type: "close_sale" }),
  }),

  withdraw_lot: (page) => ({
    title: () => t("control.withdraw_lot"),
    act: () => t("control.withdraw_lot"),
    body: () => html`<p class="muted">${t("asking.withdraw_lot.more")}</p>
      <label><span>${t("asking.lot")}</span><select name="lot">${page.store.lots.filter(({ phase }) => phase === "waiting").map((one) => option(one))}</select></label>`,
    presets: () => WITHDRAWN_BECAUSE.map((key) => t(key)),
    send: (fields) => sent(page, { type: "withdraw_lot", lot: Number(fields.get("lot")), reason: reasonOf(fields) }),
  }),

  reserve: (page, lot) => ({
    title: () => t("control.reserve"),
    act: () => t("control.reserve"),
    body: () => html`<p class="muted">${t("asking.reserve.more")}</p>
      <label><span>${t("asking.reserve.price")}</span><input name="price" class="money" required inputmode="decimal" autocomplete="off"></label>
      <label><span>${t("asking.lot")}</span><select name="lot">${page.store.lots.filter(({ phase }) => phase === "waiting").map((one) => option(one, lot?.lot))}</select></label>`,
    send: (fields) => {
      const reserve_fen = fenOf(String(fields.get("price") ?? ""));
      return reserve_fen === null ? t("desk.not-a-price") : sent(page, { type: "reserve", lot: Number(fields.get("lot")), reserve_fen });
    },
  }),

  reoffer: (page, lot) => reoffering(page, lot),

  sign_result: (page) => reportQuestion(page),
};

/** @param {LotPart} lot @param {number} [chosen] */
function option(lot, chosen) {
  return html`<option value=${lot.lot} ?selected=${lot.lot === chosen}>${t("lot.no", { n: lot.lot })} ${lot.plate}</option>`;
}

/** @param {Page} page @param {import("../shared/frames.js").Frame} frame */
function sent(page, frame) {
  page.connection.ask(frame);
  return null;
}

/** What everybody will have once the sale goes on. @param {Page} page */
function resumption({ store: { rules } }) {
  return html`<ul class="asking-facts">
    <li>${t("resume.stands")}</li>
    ${rules?.timed ? html`<li>${t("resume.window", { n: rules.timed.window_s })}</li>` : html`<li>${t("resume.calls")}</li>`}
    ${rules?.resume_for ? html`<li>${t(`sheet.resume.${rules.resume_for}`)}</li>` : nothing}
  </ul>`;
}

/** @param {Page} page @param {LotPart} [given] @returns {Question} */
function reoffering(page, given) {
  let number = given?.lot ?? reofferable(page.store)[0]?.lot;
  const bounds = () => {
    const lot = page.store.lots.find((one) => one.lot === number);
    return lot ? openingBounds(lot, page.store.rules) : { least_fen: 0, most_fen: 0 };
  };
  const said = () => t("asking.between", { least: shortYuan(bounds().least_fen), most: shortYuan(bounds().most_fen) });
  return {
    title: () => t("control.reoffer"),
    act: () => t("control.reoffer"),
    body: (asking) => html`<p class="muted">${t("asking.reoffer.more")}</p>
      <label><span>${t("asking.price")}</span><input name="price" class="money" required inputmode="decimal" autocomplete="off" .value=${String(bounds().most_fen / 100)}></label>
      <p class="asking-bounds">${said()}</p>
      <label><span>${t("asking.lot")}</span><select name="lot" @change=${(/** @type {Event} */ event) => {
        number = Number(/** @type {HTMLSelectElement} */ (event.target).value);
        asking.requestUpdate();
      }}>${reofferable(page.store).map((one) => option(one, number))}</select></label>`,
    send: (fields) => {
      const opening_fen = fenOf(String(fields.get("price") ?? ""));
      const { least_fen, most_fen } = bounds();
      if (opening_fen === null || opening_fen < least_fen || opening_fen > most_fen) return said();
      return sent(page, { type: "reoffer", lot: Number(fields.get("lot")), opening_fen });
    },
  };
}
