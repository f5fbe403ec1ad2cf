// @ts-check
/** The rostrum: auctioneer and clerk at work. One key for every act, and beside every button that rests the reason why. */

import { html, keyed, nothing, repeat } from "../vendor/lit.js";
import { waits } from "../shared/acts.js";
import { stayAwake } from "../shared/awake.js";
import { callStrip } from "../shared/calls.js";
import { figuresStrip } from "../shared/figures.js";
import { t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { shortYuan } from "../shared/money.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import { callText, channelText, classText, eventText, exactTimeText, priceName, priceText, refusalText, spelledOut, timeText, whoNumber, whoText } from "../shared/words.js";
import "./clerk.js";
import { CONTROLS, callsLeft, nextLot } from "./controls.js";

const ACTS_SHOWN = 12;

export class Rostrum extends LivePage {
  static personal = true;
  static named = "page.rostrum";
  static properties = { asking: { state: true } };

  constructor() {
    super();
    /** The control that asks back before it acts. @type {import("./controls.js").Control | null} */
    this.asking = null;
  }

  /** What the person at this desk is: auctioneer or clerk. */
  get office() {
    return this.store.welcome?.role;
  }

  keys() {
    if (this.office !== "clerk")
      return CONTROLS.map((control) => ({ key: control.key, says: `control.${control.name}`, run: () => this.#use(control) }));
    const digits = [..."0123456789"].map((digit) => ({ key: digit, says: "clerk.hall-bid", run: () => this.#clerk()?.take(digit) }));
    return [...digits, { key: "a", says: "clerk.admit", run: () => this.#focusAdmission() }];
  }

  #clerk() {
    return /** @type {import("./clerk.js").Clerk | null} */ (this.querySelector("lc-clerk"));
  }

  #focusAdmission() {
    /** @type {HTMLInputElement | null} */ (this.querySelector(".admission input"))?.focus();
  }

  updated() {
    super.updated();
    this.#clerk()?.requestUpdate();
    this.#showLot();
    const dialog = this.querySelector("dialog.asking");
    if (this.asking && dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  }

  /** The lot whose row was last brought into sight. @type {number | undefined} */
  #shown;

  /** Brings the lot on the block into sight, with the two before it. */
  #showLot() {
    const { block } = this.store;
    const list = this.querySelector(".lots ol");
    if (!list || block?.lot === this.#shown) return;
    this.#shown = block?.lot;
    const at = this.store.lots.findIndex(({ lot }) => lot === block?.lot);
    const row = /** @type {HTMLElement | undefined} */ (list.children[Math.max(0, at - 2)]);
    if (row) list.scrollTop += row.getBoundingClientRect().top - list.getBoundingClientRect().top;
  }

  // Acting

  /** @param {import("./controls.js").Control} control */
  #whyNot(control) {
    if (!this.connection.live) return t("why.offline");
    if (this.#pending(control)) return t("why.sent");
    const why = control.why(this.store);
    return why && t(why, { n: callsLeft(this.store) });
  }

  /** @param {import("./controls.js").Control} control */
  #pending({ name }) {
    const now_us = this.connection.clock.now_us();
    return this.acts?.list.some((act) => act.frame.type === name && waits(act, now_us));
  }

  /** @param {import("./controls.js").Control} control */
  #use(control) {
    if (this.#whyNot(control) !== null) return;
    if (control.ask) this.asking = control;
    else this.connection.ask(control.frame(this.store));
  }

  /** @param {number} lot */
  #openLot(lot) {
    this.connection.ask({ type: "open_lot", lot });
  }

  /** @param {SubmitEvent} event */
  #answered = (event) => {
    event.preventDefault();
    const control = this.asking;
    const form = /** @type {HTMLFormElement} */ (event.target);
    this.querySelector("dialog")?.close();
    this.#dismiss();
    if (!control || this.#whyNot(control) !== null) return;
    const reason = String(new FormData(form).get("reason") ?? "").trim();
    this.connection.ask(control.ask === "reason" ? { ...control.frame(this.store), reason } : control.frame(this.store));
  };

  #dismiss = () => {
    const dialog = this.querySelector("dialog.asking");
    if (dialog instanceof HTMLDialogElement) dialog.close();
    this.asking = null;
  };

  // Drawing

  render() {
    const auctioneer = this.office !== "clerk";
    return html`<lc-bar .page=${this} named=${this.office ? `role.${this.office}` : "page.rostrum"}></lc-bar>
      ${statusLine(this)}
      <main class=${auctioneer ? "for-auctioneer" : "for-clerk"}>
        <div class="column">${this.#block()} ${auctioneer ? this.#controls() : html`<lc-clerk .page=${this}></lc-clerk>`}</div>
        <div class="column">${this.#lots(auctioneer)}</div>
        <div class="column">${this.#present()} ${this.#log()}</div>
      </main>
      ${figuresStrip(this.store)}
      <footer class="foot">
        <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
        <span>${t("hall.rules")} <span class="code">${this.store.sale?.rules.slice(0, 16) ?? "—"}</span></span>
      </footer>
      <lc-help .keys=${this.#keysShown()}></lc-help>
      ${this.#question()}`;
  }

  #keysShown() {
    return this.keys().filter(({ key }) => !/[0-8]/.test(key)).map((one) => (one.key === "9" ? { ...one, key: "0 – 9" } : one));
  }

  #block() {
    const { block, rules } = this.store;
    if (!block) return html`<section class="panel block block-none"><p>${t(this.store.sale ? "rostrum.no-lot" : "hall.connecting")}</p></section>`;
    const price = block.price_fen ?? block.opening_fen;
    return html`<section class="panel block block-${block.phase}" aria-label=${t("block.title")}>
      <div class="block-lot">
        <lc-plate .plate=${block.plate}></lc-plate>
        <p><b>${t("lot.no", { n: block.lot })}</b> <span class="muted">${block.classes.slice(0, 3).map(classText).join(" · ")}</span></p>
        <p class="muted">${t("price.opening")} <span class="money">${shortYuan(block.opening_fen)}</span> · ${t("bids.count", { n: block.bid_count ?? 0 })}</p>
      </div>
      <div class="block-price">
        <p class="muted">${t(priceName(block))}</p>
        ${keyed(price, html`<p class="price-now money">${shortYuan(price)}</p>`)}
        <p class="price-words">${spelledOut(price)}</p>
        <p class="muted">${t("price.asked")} <b class="money asked">${block.phase === "open" ? priceText(block.asked_fen) : "—"}</b></p>
      </div>
      <div class="block-leader">
        <p class="muted">${t(block.phase === "sold" ? "leader.buyer" : "leader.title")}</p>
        <p class="paddle" aria-label=${whoText(block.leader)}>${block.leader ? whoNumber(block.leader) : "—"}</p>
        <p>${block.leader_channel ? channelText(block.leader_channel) : html`&nbsp;`}</p>
      </div>
      ${callStrip(block, rules?.calls ?? 3, "")}
    </section>`;
  }

  #controls() {
    return html`<section class="panel controls" aria-label=${t("rostrum.controls")}>
      ${CONTROLS.map((control) => {
        const why = this.#whyNot(control);
        return html`<button class="button control control-${control.name}" ?disabled=${why !== null} @click=${() => this.#use(control)} aria-describedby="why-${control.name}">
          <kbd>${control.key}</kbd>
          <span class="control-name">${this.#controlText(control)}</span>
          <small id="why-${control.name}">${why ?? this.#controlMore(control)}</small>
        </button>`;
      })}
    </section>`;
  }

  /** @param {import("./controls.js").Control} control */
  #controlText({ name }) {
    const { block, rules } = this.store;
    const calls = rules?.calls ?? 3;
    if (name === "call" && block?.phase === "open" && block.calls < calls) return callText(block.calls + 1);
    if (name === "open_lot" && nextLot(this.store)) return t("control.open_lot.n", { n: nextLot(this.store)?.lot ?? 0 });
    return t(`control.${name}`);
  }

  /** @param {import("./controls.js").Control} control */
  #controlMore({ name }) {
    const { block } = this.store;
    if ((name === "call" || name === "hammer") && block?.leader) return `${shortYuan(block.price_fen ?? 0)} · ${whoText(block.leader)}`;
    if (name === "open_lot") return nextLot(this.store)?.plate ?? "";
    return t(`control.${name}.more`);
  }

  /** @param {boolean} auctioneer */
  #lots(auctioneer) {
    const { lots, sale, block } = this.store;
    const free = auctioneer && sale?.phase === "open" && block?.phase !== "open" && this.connection.live;
    return html`<section class="panel lots">
      <h2>${t("rostrum.lots")} <small>${t("next.count", { n: lots.filter((lot) => lot.phase === "waiting").length })}</small></h2>
      <ol tabindex="0">
        ${repeat(lots, (lot) => lot.lot, (lot) => html`<li class="row row-${lot.phase}">
          <span class="number row-no">${lot.lot}</span>
          <lc-plate class="plate-small" .plate=${lot.plate}></lc-plate>
          <span class="row-price"><b class="money">${shortYuan(lot.hammer_fen ?? lot.opening_fen)}</b><small>${lot.phase === "waiting" ? t("price.opening") : t(`lot.${lot.phase}`)}${lot.who ? ` · ${whoText(lot.who)}` : ""}</small></span>
          ${lot.phase === "waiting" && auctioneer ? html`<button class="button button-small" ?disabled=${!free} @click=${() => this.#openLot(lot.lot)} aria-label=${t("control.open_lot.n", { n: lot.lot })}>${t("rostrum.open")}</button>` : nothing}
        </li>`)}
      </ol>
    </section>`;
  }

  #present() {
    const { presence, paddles } = this.store;
    const online = new Set(presence?.online);
    return html`<section class="panel present">
      <h2>${t("rostrum.paddles", { n: paddles.length })} <small>${presence ? t("rostrum.presence", { bidders: presence.bidders, watchers: presence.watchers }) : nothing}</small></h2>
      ${paddles.length
        ? html`<div class="scroll" tabindex="0"><table>
            <thead><tr><th>${t("me.paddle")}</th><th>${t("me.channel")}</th><th class="right">${t("rostrum.rights")}</th><th class="right">${t("me.won")}</th></tr></thead>
            <tbody>
              ${repeat(paddles, (one) => one.paddle, (one) => html`<tr>
                <td><i class=${online.has(one.paddle) ? "here" : "away"} title=${t(online.has(one.paddle) ? "rostrum.here" : "rostrum.away")}></i><b class="number">${one.paddle}</b></td>
                <td>${channelText(one.channel)}</td><td class="right">${one.rights}</td><td class="right">${one.won.length ? one.won.join(", ") : "—"}</td></tr>`)}
            </tbody></table></div>`
        : html`<p class="empty">${t("rostrum.no-paddles")}</p>`}
    </section>`;
  }

  #log() {
    const acts = (this.acts?.list ?? []).slice(0, ACTS_SHOWN);
    const bids = this.store.block?.bids ?? [];
    return html`<section class="panel log">
      <h2>${t("bids.title")} <small>${t("bids.count", { n: this.store.block?.bid_count ?? 0 })}</small></h2>
      ${bids.length ? html`<ol class="log-bids">${bids.slice(0, 5).map((bid) => html`<li><time>${timeText(bid.at_us)}</time><span>${whoText(bid.who)} · ${channelText(bid.channel)}</span><b class="money">${shortYuan(bid.amount_fen)}</b></li>`)}</ol>` : html`<p class="empty">${t("bids.none")}</p>`}
      <h2>${t("rostrum.answers")}</h2>
      ${acts.length
        ? html`<ol class="log-acts" tabindex="0">${repeat(acts, (act) => act.id, (act) => html`<li class="act-${act.state}"><time>${exactTimeText(act.asked_at_us)}</time><span>${this.#became(act)}</span></li>`)}</ol>`
        : html`<p class="empty">${t("rostrum.no-answers")}</p>`}
    </section>`;
  }

  /** @param {import("../shared/acts.js").Act} act */
  #became(act) {
    if (act.refusal) return refusalText(act.refusal);
    if (act.state === "accepted") return (act.events ?? []).map(eventText).filter(Boolean).join(" ");
    return `${t(`control.${act.frame.type}`)} — ${t(`stands.${act.state}`)}`;
  }

  #question() {
    const control = this.asking;
    if (!control) return nothing;
    return html`<dialog class="sheet asking" aria-labelledby="asking-title" @close=${this.#dismiss}>
      <h2 id="asking-title">${t(`asking.${control.name}`)}</h2>
      <p class="muted">${t(`asking.${control.name}.more`)}</p>
      <form method="dialog" class="asking-form" @submit=${this.#answered}>
        ${control.ask === "reason" ? html`<label><span>${t("asking.reason")}</span><input name="reason" required maxlength="200" autocomplete="off" autofocus list="reasons"></label>
          <datalist id="reasons">${[1, 2, 3, 4].map((n) => html`<option value=${t(`asking.reason.${n}`)}></option>`)}</datalist>` : nothing}
        <div class="choices"><button type="button" class="button" @click=${this.#dismiss}>${t("cancel")}</button><button class="button button-main">${t(`control.${control.name}`)}</button></div>
      </form>
    </dialog>`;
  }
}

stayAwake();
await start("lc-rostrum", Rostrum);
