// @ts-check
/** The public record: every lot, every bid, and the proof, computed here and not taken on trust. */

import { html, nothing, repeat } from "../vendor/lit.js";
import { figuresStrip } from "../shared/figures.js";
import { getJson, getText, saleUrl } from "../shared/house.js";
import { inLanguage, knows, t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { shortYuan } from "../shared/money.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import { channelText, classText, eventText, eventTextIn, whoText } from "../shared/words.js";
import { checkPanel, takesDrops } from "./check-panel.js";
import { Checker } from "./checker.js";
import { Ledger } from "./ledger.js";
import { microText } from "./micro.js";
import { openingSentence } from "../opening/herald.js";
import { isListed, openingOf } from "../opening/opening.js";
import "./replay.js";

/** Refusals are on the record but move no screen, so the record is also read from time to time. */
const FOLLOW_MS = 10_000;

/** So many of the newest records of a sale without lots are shown; all of them are in the export. */
const COURSE_MAX = 500;

class RecordPage extends LivePage {
  static named = "page.record";
  static properties = { opened: { state: true }, refusals: { state: true }, sought: { state: true } };

  constructor() {
    super();
    /** The lot whose bids are shown. @type {number | null} */
    this.opened = null;
    /** Whether refusals are shown among the bids. */
    this.refusals = false;
    /** The record the address asks for. @type {number | null} */
    this.sought = null;
    /** Whether it still has to be brought into view. */
    this.seeking = false;
    /** Whether whoever seeks it wants to be taken there; else he is at the replay and stays. */
    this.taken = true;
    this.ledger = this.#newLedger();
    this.checker = new Checker({
      sale: this.sale,
      read: () => getText(saleUrl(this.sale, "/export.jsonl")),
      storage: localStorage,
      told: () => this.requestUpdate(),
    });
    takesDrops(this.checker);
    void this.ledger.follow();
    setInterval(() => void this.ledger.follow(), FOLLOW_MS);
    this.#seek();
    addEventListener("hashchange", () => this.#seek());
  }

  #newLedger() {
    return new Ledger(
      (after, limit) => getJson(saleUrl(this.sale, `/record?after=${after}&limit=${limit}`)),
      () => this.requestUpdate(),
    );
  }

  /**
   * @param {import("../shared/frames.js").Frame} frame
   * @param {import("../shared/store.js").Parts} before
   */
  changed(frame, before) {
    if (this.#lifted(before)) this.ledger = this.#newLedger();
    if (frame.type === "record" || frame.type === "picture") void this.ledger.follow();
  }

  /**
   * Whether what was kept back is on the record now: offers of a quota sale once it is closed, an opening once its list is published and again once
   * all is read out.
   * @param {import("../shared/store.js").Parts} before
   */
  #lifted(before) {
    if (this.#kind === "quota") return before.sale && before.sale.phase !== "closed" && this.store.sale?.phase === "closed";
    const [was, is] = [before.opening, openingOf(this.store)];
    return was && is && (was.listed_at_us !== is.listed_at_us || was.read_out_at_us !== is.read_out_at_us);
  }

  keys() {
    return [{ key: "r", says: "record.refusals", run: () => (this.refusals = !this.refusals) }, ...(this.#replay?.keys() ?? [])];
  }

  /** @returns {import("./replay.js").Replay | null} */
  get #replay() {
    return this.querySelector("lc-replay");
  }

  /** Looks for what the address names: `#seq=123`. */
  #seek() {
    const named = /^#seq=([1-9][0-9]{0,15})$/.exec(location.hash);
    this.sought = named ? Number(named[1]) : null;
    this.seeking = this.taken = this.sought !== null;
    if (this.sought !== null) void this.updateComplete.then(() => this.#replay?.go(this.sought ?? 1, true));
  }

  /** The replay stands on a record, or on none any more: ledger and address follow. @param {CustomEvent<{seq: number}>} event */
  #stood = ({ detail: { seq } }) => {
    this.sought = seq || null;
    this.seeking = this.sought !== null;
    this.taken = false;
    history.replaceState(history.state, "", seq ? `#seq=${seq}` : `${location.pathname}${location.search}`);
  };

  willUpdate() {
    if (!this.seeking || this.sought === null) return;
    const found = this.ledger.find(this.sought);
    if (found?.lot) this.opened = found.lot;
    if (found?.entry.refused) this.refusals = true;
  }

  updated() {
    super.updated();
    if (!this.seeking) return;
    const row = /** @type {HTMLElement | null} */ (this.querySelector(`#seq-${this.sought}`));
    if (!row) return;
    this.seeking = false;
    if (!this.taken) return inSightOf(row);
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
  }

  render() {
    const kind = this.#kind;
    const veiled = kind === "opening" && !isListed(this.store);
    return html`<lc-bar .page=${this} named="page.record"></lc-bar>
      ${kind === "opening" ? statusLine(this, openingSentence(this.store)) : statusLine(this)}
      <main>
        ${this.#verdict()}
        ${checkPanel(this.checker, kind === "auction")}
        ${veiled ? html`<p class="panel veiled">${t("record.veiled")}</p>` : nothing}
        ${kind === "auction" ? figuresStrip(this.store) : nothing}
        ${kind === "quota" || veiled ? nothing : html`<lc-replay .ledger=${this.ledger} .store=${this.store} .sale=${this.sale} .records=${this.ledger.chain?.records ?? 0} @stood=${this.#stood}></lc-replay>`}
        ${this.#asked()}
        ${kind === "auction" ? this.#lots() : this.#course()}
      </main>
      <lc-help .keys=${this.keys()}></lc-help>`;
  }

  #verdict() {
    const { ledger, store } = this;
    const { chain } = ledger;
    const { kind, text } = this.#finding();
    return html`<section class="panel verdict verdict-${kind}" aria-label=${t("record.proof")}>
      <p class="verdict-word" role="status"><i aria-hidden="true">${{ good: "✓", partly: "?", bad: "✗", busy: "…" }[kind]}</i>${text}</p>
      <progress max=${Math.max(1, ledger.total)} .value=${chain?.records ?? 0} aria-label=${t("record.progress")}></progress>
      <dl>
        <div><dt>${t("record.records")}</dt><dd class="number">${chain?.records ?? 0} / ${ledger.total}</dd></div>
        <div><dt>${t("record.commits")}</dt><dd class="number">${chain?.commits ?? 0}</dd></div>
        <div><dt>${t("record.signed")}</dt><dd class="number">${chain?.signed ?? 0}</dd></div>
        <div class="wide"><dt>${t("record.head")}</dt><dd class="code">${chain?.records ? chain.head : "—"}</dd></div>
        <div class="wide"><dt>${t("record.rules")}</dt><dd class="code">${chain?.rules ?? store.sale?.rules ?? "—"}</dd></div>
        <div class="wide"><dt>${t("record.key")}</dt><dd class="code">${store.welcome?.key ?? "—"}</dd></div>
      </dl>
      <p class="exports">
        <a class="button button-small" href=${saleUrl(this.sale, "/export.jsonl")} download>${t("record.export.jsonl")}</a>
        ${this.#kind !== "auction"
          ? html`<a class="button button-small" href="figures">${t(`page.${this.#kind}-result`)}</a>`
          : html`<a class="button button-small" href=${saleUrl(this.sale, "/bids.csv")} download>${t("record.export.bids")}</a>
            <a class="button button-small" href=${saleUrl(this.sale, "/lots.csv")} download>${t("record.export.lots")}</a>
            <a class="button button-small" href="figures">${t("page.figures")}</a>`}
      </p>
    </section>`;
  }

  /** @returns {{kind: "good" | "partly" | "bad" | "busy", text: string}} */
  #finding() {
    const { state, chain } = this.ledger;
    if (chain?.broken) return { kind: "bad", text: t("record.broken", { seq: chain.broken.seq, why: t(`fault.${chain.broken.rule}`) }) };
    if (state === "failed") return { kind: "partly", text: t("record.unread") };
    if (state === "reading" || !chain) return { kind: "busy", text: t("record.reading") };
    if (!chain.records) return { kind: "partly", text: t("record.empty") };
    if (chain.covered < chain.seq) return { kind: "partly", text: t("record.uncovered", { n: chain.seq - chain.covered }) };
    if (chain.unchecked) return { kind: "partly", text: t("record.unsigned", { n: chain.records }) };
    return { kind: "good", text: t("record.good", { n: chain.records }) };
  }

  /** A sought record that stands with no lot, or is not there. */
  #asked() {
    const { sought, ledger } = this;
    if (sought === null) return nothing;
    const found = ledger.find(sought);
    if (!found && ledger.state === "reading") return nothing;
    if ((found?.lot || this.#kind !== "auction") && found && (found.entry.events.some(eventText) || found.entry.refused)) return nothing;
    return html`<section class="panel lots"><h2>${t("record.sought", { seq: sought })}</h2>
      ${found ? this.#story([found.entry], true) : html`<p class="empty">${t("record.sought-none", { seq: sought })}</p>`}</section>`;
  }

  #lots() {
    const { lots, sale } = this.store;
    return html`<section class="panel lots">
      <h2>${sale ? html`${inLanguage(sale.title)}` : t("rostrum.lots")}
        <label class="refusals-switch"><input type="checkbox" .checked=${this.refusals} @change=${this.#switch}> ${t("record.refusals")} <span class="number">${this.ledger.refusals}</span></label></h2>
      <div class="scroll" tabindex="0"><table>
        <thead><tr>
          <th class="right">${t("record.lot")}</th><th>${t("record.plate")}</th><th class="wide-only">${t("record.class")}</th><th class="right wide-only">${t("price.opening")}</th><th class="right">${t("price.hammer")}</th>
          <th>${t("leader.buyer")}</th><th class="right wide-only">${t("record.bids")}</th><th><span class="out-of-sight">${t("record.open")}</span></th>
        </tr></thead>
        <tbody>${repeat(lots, (lot) => lot.lot, (lot) => this.#lot(lot))}</tbody>
      </table></div>
      ${lots.length ? nothing : html`<p class="empty">${t("hall.connecting")}</p>`}
    </section>`;
  }

  /** @returns {"auction" | "quota" | "opening"} */
  get #kind() {
    if (this.store.parts.tender !== undefined) return "opening";
    return this.store.parts.conditions !== undefined ? "quota" : "auction";
  }

  /** What happened, newest first, where no lots come one after another. */
  #course() {
    const entries = this.ledger.by_lot.get(0) ?? [];
    const told = entries.filter((entry) => entry.events.length || (entry.refused && this.refusals));
    return html`<section class="panel lots">
      <h2>${t("record.course", { n: Math.min(told.length, COURSE_MAX) })}
        <label class="refusals-switch"><input type="checkbox" .checked=${this.refusals} @change=${this.#switch}> ${t("record.refusals")} <span class="number">${this.ledger.refusals}</span></label></h2>
      <div class="scroll" tabindex="0">${this.#story(told.slice(-COURSE_MAX).reverse())}</div>
    </section>`;
  }

  /** @param {Event} event */
  #switch = (event) => {
    this.refusals = /** @type {HTMLInputElement} */ (event.target).checked;
  };

  /** @param {import("../shared/frames.js").LotPart} lot */
  #lot(lot) {
    const opened = this.opened === lot.lot;
    const entries = this.ledger.by_lot.get(lot.lot) ?? [];
    return html`<tr class="lot lot-${lot.phase}">
        <td class="right">${lot.lot}</td>
        <td><lc-plate class="plate-small" .plate=${lot.plate}></lc-plate></td>
        <td class="wide-only muted">${lot.classes.filter((code) => code !== "NO4").map(classText).join(" · ")}</td>
        <td class="right wide-only">${shortYuan(lot.opening_fen)}</td>
        <td class="right"><b>${lot.hammer_fen === null ? "" : shortYuan(lot.hammer_fen)}</b>${lot.hammer_fen === null ? html`<span class="muted">${t(`lot.${lot.phase}`)}</span>` : nothing}</td>
        <td>${whoText(lot.who)}</td>
        <td class="right wide-only">${entries.reduce((sum, entry) => sum + entry.events.filter((event) => event.type === "BidPlaced").length, 0) || lot.bid_count || ""}</td>
        <td class="right">${entries.length ? html`<button class="button button-small" aria-expanded=${opened} aria-label=${`${t(opened ? "record.shut" : "record.open")} ${t("lot.no", { n: lot.lot })}`} @click=${() => (this.opened = opened ? null : lot.lot)}><span class="wide-only">${t(opened ? "record.shut" : "record.open")}</span><i aria-hidden="true">${opened ? "▴" : "▾"}</i></button>` : nothing}</td>
      </tr>
      ${opened ? html`<tr class="story"><td colspan="8">${this.#story(entries)}</td></tr>` : nothing}`;
  }

  /**
   * What happened, record by record.
   * @param {import("./ledger.js").Entry[]} entries
   * @param {boolean} [all] those of which nothing is public, too
   */
  #story(entries, all = false) {
    const rows = entries.filter((entry) => all || entry.events.length || (entry.refused && this.refusals));
    return html`<table>
      <thead><tr><th class="right">${t("record.seq")}</th><th>${t("record.arrived")}</th><th>${t("record.what")}</th>${this.#kind === "opening" ? nothing : html`<th class="wide-only">${t("me.channel")}</th>`}</tr></thead>
      <tbody>${rows.map((entry) => html`<tr id="seq-${entry.seq}" tabindex=${entry.seq === this.sought ? "-1" : nothing} class="${entry.refused ? "refused" : ""} ${entry.seq === this.sought ? "sought" : ""}">
        <td class="right">${entry.seq}</td><td><time><span class="wide-only">${microText(entry.arrived_at).slice(0, 11)}</span>${microText(entry.arrived_at).slice(11)}</time></td>
        <td>${entry.refused ? t("record.refused", { code: entry.refused, why: knows(`refusal.${entry.refused}`) ? t(`refusal.${entry.refused}`) : "" }) : entry.events.map((event) => eventTextIn(this.#kind, event)).filter(Boolean).join(" ") || t("record.private")}</td>
        ${this.#kind === "opening" ? nothing : html`<td class="wide-only">${entry.events[0]?.channel ? channelText(entry.events[0].channel) : ""}</td>`}</tr>`)}
      </tbody></table>`;
  }
}

/** Brings a row into view where the ledger stands beside the replay; below it, the screen of the hall stays where it is. @param {HTMLElement} row */
function inSightOf(row) {
  const replay = document.querySelector("lc-replay");
  if (replay && replay.getBoundingClientRect().left >= row.getBoundingClientRect().right - 1) row.scrollIntoView({ block: "nearest" });
}

await start("lc-record", RecordPage);
