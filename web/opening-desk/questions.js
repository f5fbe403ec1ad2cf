// @ts-check
/** What is asked back before an act of an officer is sent. */

import { html } from "../vendor/lit.js";
import { REASONS, reasonOf } from "../shared/asking.js";
import { inLanguage, t } from "../shared/i18n.js";
import { fenOf, shortYuan } from "../shared/money.js";
import { dateText } from "../shared/words.js";
import { evidenceSentences } from "../opening/board.js";
import { ceilingsDue, coefficientsDue, evidenceOf, objectionsOf, officersOf, openingOf, undecidedOf } from "../opening/opening.js";
import { whenOf } from "./controls.js";

/**
 * @typedef {import("../shared/asking.js").Question} Question
 * @typedef {import("../shared/live-page.js").LivePage} Page
 */

const LAPSES = ["opening.lapse.reason.1", "opening.lapse.reason.2", "opening.lapse.reason.3"];
const TIMES = ["opening.time.reason.1", "opening.time.reason.2", "opening.time.reason.3"];

/** @param {Page} page @param {import("../shared/frames.js").Frame} frame */
function sent(page, frame) {
  page.connection.ask(frame);
  return null;
}

/** An act that needs nothing but that it is meant. @param {string} name @returns {(page: Page) => Question} */
function meant(name) {
  return (page) => ({
    title: () => t(`control.${name}`),
    act: () => t(`control.${name}`),
    body: () => html`<p class="muted">${t(`opening.asking.${name}`)}</p>`,
    send: () => sent(page, { type: name }),
  });
}

/** An act with a reason that is published. @param {string} name @param {string[]} presets @param {boolean} [danger] @returns {(page: Page) => Question} */
function withReason(name, presets, danger = false) {
  return (page) => ({
    title: () => t(`control.${name}`),
    act: () => t(`control.${name}`),
    danger,
    body: () => html`<p class="muted">${t(`opening.asking.${name}`)}</p>`,
    presets: () => presets.map((key) => t(key)),
    send: (fields) => sent(page, { type: name, reason: reasonOf(fields) }),
  });
}

/** @param {FormData} fields @param {string} name */
function typed(fields, name) {
  return String(fields.get(name) ?? "").normalize("NFC").trim();
}

/** @param {import("../opening/opening.js").Section[]} sections */
function sectionField(sections) {
  return html`<label><span>${t("opening.section")}</span><select name="section">${sections.map(({ section, title }) => html`<option value=${section}>${inLanguage(title)}</option>`)}</select></label>`;
}

/** @type {Record<string, (page: Page) => Question>} */
export const QUESTIONS = {
  start_opening: (page) => ({ ...meant("start_opening")(page), send: () => sent(page, { type: "start_opening", absent: 0 }) }),
  publish_list: meant("publish_list"),
  open_unsealing: meant("open_unsealing"),
  close_unsealing: meant("close_unsealing"),
  order_remedy: meant("order_remedy"),
  read_out: meant("read_out"),
  open_signing: meant("open_signing"),
  end_opening: meant("end_opening"),
  resume: meant("resume"),
  suspend: (page) => ({ ...withReason("suspend", REASONS)(page), title: () => t("opening.suspend"), act: () => t("opening.suspend") }),
  stop: withReason("stop", REASONS, true),
  reconvene: withReason("reconvene", ["opening.reconvene.reason.1", "opening.reconvene.reason.2"]),

  make_statement: (page) => ({
    title: () => t("control.make_statement"),
    act: () => t("control.make_statement"),
    body: () => html`<p class="muted">${t("opening.asking.make_statement")}</p><label><span>${t("opening.text")}</span><input name="text" required maxlength="200" autocomplete="off"></label>`,
    send: (fields) => sent(page, { type: "make_statement", text: typed(fields, "text") }),
  }),

  announce_ceiling: (page) => {
    let read = "";
    return {
      title: () => t("control.announce_ceiling"),
      act: () => t("control.announce_ceiling"),
      body: () => html`<p class="muted">${t("opening.asking.announce_ceiling")}</p>${sectionField(ceilingsDue(page.store))}
        <label><span>${t("opening.ceiling-yuan")}</span><input class="money" name="amount" inputmode="decimal" required autocomplete="off"></label>`,
      send: (fields) => {
        const amount_fen = fenOf(typed(fields, "amount"));
        if (amount_fen === null) return t("desk.not-a-price");
        const section = typed(fields, "section");
        const again = `${section}/${amount_fen}`;
        if (read !== again) {
          read = again;
          return t("opening.asking.ceiling-again", { amount: shortYuan(amount_fen) });
        }
        return sent(page, { type: "announce_ceiling", section, amount_fen });
      },
    };
  },

  draw_coefficient: (page) => ({
    ...meant("draw_coefficient")(page),
    body: () => html`<p class="muted">${t("opening.asking.draw_coefficient")}</p>${sectionField(coefficientsDue(page.store))}`,
    send: (fields) => sent(page, { type: "draw_coefficient", section: typed(fields, "section") }),
  }),

  lapse_envelope: (page) => ({
    title: () => t("control.lapse_envelope"),
    act: () => t("control.lapse_envelope"),
    danger: true,
    body: () => html`<p class="muted">${t("opening.asking.lapse_envelope")}</p>
      <label><span>${t("opening.envelope")}</span><select name="envelope">${undecidedOf(page.store).map(({ section, title, bidder, name }) => html`<option value="${section}/${bidder}">${inLanguage(title)} · ${bidder} ${name}</option>`)}</select></label>
      <ul class="asking-facts">${undecidedOf(page.store).map(({ section, bidder, name }) => {
        const evidence = evidenceOf(page.store, section, bidder);
        return evidence ? html`<li>${bidder} ${name}: ${evidenceSentences(evidence).join(" · ")}. <b>${t(`opening.suggests.${evidence.suggests}`)}</b></li>` : "";
      })}</ul>
      <label><span>${t("opening.cause")}</span><select name="cause" required><option value="">${t("opening.cause.choose")}</option><option value="bidder">${t("opening.cause.bidder")}</option><option value="platform">${t("opening.cause.platform")}</option></select></label>`,
    presets: () => LAPSES.map((key) => t(key)),
    send: (fields) => {
      const [section, number] = typed(fields, "envelope").split("/");
      const bidder = Number(number);
      const evidence = evidenceOf(page.store, section, bidder)?.digest;
      if (!evidence) return t("opening.cannot.none-undecided");
      return sent(page, { type: "lapse_envelope", section, bidder, cause: typed(fields, "cause"), evidence, reason: reasonOf(fields) });
    },
  }),

  answer_objection: (page) => {
    const open = () => objectionsOf(page.store).filter(({ answer }) => answer === null);
    return {
      title: () => t("control.answer_objection"),
      act: () => t("control.answer_objection"),
      body: () => html`<p class="muted">${t("opening.asking.answer_objection")}</p>
        <label><span>${t("opening.objection")}</span><select name="no">${open().map(({ no, bidder, text }) => html`<option value=${no}>${no} · ${bidder} ${text}</option>`)}</select></label>
        <label><span>${t("opening.text")}</span><input name="text" required maxlength="200" autocomplete="off"></label>`,
      send: (fields) => sent(page, { type: "answer_objection", no: Number(fields.get("no")), text: typed(fields, "text") }),
    };
  },

  sign_result: (page) => ({
    title: () => t("opening.asking.sign"),
    act: () => t("opening.sign"),
    body: () => html`<p class="muted">${t("opening.asking.sign.more")}</p><p class="code">${openingOf(page.store)?.report ?? ""}</p>`,
    send: () => sent(page, { type: "sign_result", report: openingOf(page.store)?.report ?? "" }),
  }),

  propose_time: (page) => ({
    title: () => t("control.propose_time"),
    act: () => t("control.propose_time"),
    body: () => html`<p class="muted">${t("opening.asking.propose_time")}</p>
      <label><span>${t("opening.time.new")}</span><input class="number" name="when" required autocomplete="off" .value=${dateText(openingOf(page.store)?.deadline_us ?? 0)}></label>`,
    presets: () => TIMES.map((key) => t(key)),
    send: (fields) => {
      const deadline_us = whenOf(typed(fields, "when"));
      if (deadline_us === null) return t("opening.time.unreadable");
      if (deadline_us <= (openingOf(page.store)?.deadline_us ?? 0)) return t("opening.time.not-later");
      return sent(page, { type: "propose_time", deadline_us, reason: reasonOf(fields) });
    },
  }),

  confirm_time: (page) => ({
    title: () => t("control.confirm_time"),
    act: () => t("control.confirm_time"),
    body: () => {
      const proposal = officersOf(page.store)?.proposal;
      return html`<p>${proposal ? t("opening.time.proposed", { at: dateText(proposal.deadline_us), reason: proposal.reason, by: t(`role.${proposal.by.split(":")[0]}`) }) : ""}</p>`;
    },
    send: () => {
      const proposal = officersOf(page.store)?.proposal;
      return proposal ? sent(page, { type: "confirm_time", deadline_us: proposal.deadline_us }) : t("opening.cannot.none-proposed");
    },
  }),

  drop_time: meant("drop_time"),
};

/** Some have not signed in: started all the same only by who writes how many. @param {Page} page @param {number} absent @returns {Question} */
export function absentQuestion(page, absent) {
  return {
    title: () => t("opening.absent", { n: absent }),
    act: () => t("opening.absent.start"),
    danger: true,
    body: () => html`<p>${t("opening.absent.more")}</p>
      <label><span>${t("opening.absent.field")}</span><input class="number" name="absent" inputmode="numeric" required autocomplete="off"></label>`,
    send: (fields) => (typed(fields, "absent").normalize("NFKC") === String(absent) ? sent(page, { type: "start_opening", absent }) : t("opening.absent.differs", { n: absent })),
  };
}
