// @ts-check
/** What is asked back before an act of an officer is sent. */

import { html } from "../vendor/lit.js";
import { REASONS, reasonOf } from "../shared/asking.js";
import { paddleField, paddleOf } from "../shared/desk-questions.js";
import { t } from "../shared/i18n.js";
import { lasting } from "../shared/sheet.js";
import { reportQuestion } from "../shared/signing.js";
import { conditionsOf, roundOf } from "../quota/sale.js";
import { quotaSentences } from "../quota/sheet.js";
import { className, counted, roundName } from "../quota/words.js";
import { runsOf } from "./controls.js";

/**
 * @typedef {import("../shared/asking.js").Question} Question
 * @typedef {import("../shared/live-page.js").LivePage} Page
 */

/** @type {Record<string, (page: Page) => Question>} */
export const QUESTIONS = {
  open_sale: (page) => ({
    title: () => t("asking.quota.open"),
    act: () => t("control.open_sale"),
    body: () => facts(opening(page)),
    send: () => sent(page, { type: "open_sale" }),
  }),

  suspend: (page) => ({
    title: () => t("asking.suspend"),
    act: () => t("control.suspend"),
    body: () => html`<p class="muted">${t("asking.quota.suspend")}</p>`,
    presets: () => REASONS.map((key) => t(key)),
    send: (fields) => sent(page, { type: "suspend", reason: reasonOf(fields) }),
  }),

  resume: (page) => ({
    title: () => t("asking.resume"),
    act: () => t("control.resume"),
    body: () => facts(resumption(page)),
    send: () => sent(page, { type: "resume" }),
  }),

  stop: (page) => ({
    title: () => t("asking.stop"),
    act: () => t("control.stop"),
    danger: true,
    body: () => html`<p class="muted">${t("asking.stop.more")}</p>`,
    presets: () => REASONS.map((key) => t(key)),
    send: (fields) => sent(page, { type: "stop", reason: reasonOf(fields) }),
  }),

  sign_result: (page) => reportQuestion(page),

  admit_bidders: (page) => ({
    title: () => t("control.admit_bidders"),
    act: () => t("clerk.admit-do"),
    body: () => html`<p class="muted">${t("asking.quota.admit")}</p>
      <label><span>${t("asking.quota.runs")}</span><input class="number" name="runs" required autocomplete="off"></label>
      <label><span>${t("me.class")}</span><select name="class">${(conditionsOf(page.store)?.classes ?? []).map((one) => html`<option value=${one.class}>${className(one.class)}</option>`)}</select></label>`,
    send: (fields) => {
      const runs = runsOf(String(fields.get("runs") ?? ""));
      return runs === null ? t("asking.quota.unreadable") : sent(page, { type: "admit_bidders", quota_class: String(fields.get("class")), runs });
    },
  }),

  attest_rules: (page) => ({
    title: () => t("control.attest_rules"),
    act: () => t("control.attest_rules"),
    body: () => html`<p class="muted">${t("asking.attest.more")} <span class="code">${page.store.sale?.rules.slice(0, 16)}</span></p>${paddleField()}`,
    send: (fields) => {
      const paddle = paddleOf(fields);
      return paddle === null ? t("clerk.unreadable-paddle") : sent(page, { type: "attest_rules", paddle, digest: page.store.sale?.rules });
    },
  }),
};

/** @param {Page} page @param {import("../shared/frames.js").Frame} frame */
function sent(page, frame) {
  page.connection.ask(frame);
  return null;
}

/** @param {string[]} sentences */
function facts(sentences) {
  return html`<ul class="asking-facts">${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>`;
}

/** What begins when the sale is opened. @param {Page} page */
function opening({ store }) {
  const conditions = conditionsOf(store);
  return [t("asking.quota.admitted", { n: counted(store.parts.quota?.admitted) }), ...(conditions ? quotaSentences(conditions).slice(0, 4) : [])];
}

/** What everybody will have once the sale goes on: whole, so that it can be read out. @param {Page} page */
export function resumption({ store }) {
  const conditions = conditionsOf(store);
  const round = roundOf(store);
  const at_us = store.sale?.suspended_at_us;
  const left_s = round && at_us ? Math.max(0, Math.ceil((round.ends_at_us - at_us) / 1_000_000)) : 0;
  const runs_s = Math.max(left_s, Math.min(conditions?.resume_least_s ?? 0, round?.span_s ?? 0));
  return [
    t("resume.quota.stands"),
    t("resume.quota.time", { name: round ? roundName(round.name) : "", left: lasting(left_s), runs: lasting(runs_s) }),
    t("resume.quota.revisions"),
    ...(round?.reach_fen ? [t("resume.quota.reach")] : []),
    t("resume.quota.told"),
  ];
}
