// @ts-check
/** The screen on the wall: what is sold, at what price, to whom, and how near the hammer is. Reads from ten metres; shows nothing private. */

import { html, keyed, nothing } from "../vendor/lit.js";
import { stayAwake } from "../shared/awake.js";
import { callStrip } from "../shared/calls.js";
import { figuresStrip } from "../shared/figures.js";
import { inLanguage, t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { moments } from "../shared/moments.js";
import { shortYuan } from "../shared/money.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import { channelText, classText, dateText, priceName, spelledOut, whoNumber, whoText } from "../shared/words.js";

const CANCELLED_SHOWN_MS = 4000;
/** As many plates as a column of the wall holds. */
const ROWS_SHOWN = 10;

class Hall extends LivePage {
  static named = "page.hall";

  /** Why the calls were just taken back, as a locale key; empty if they were not. */
  #cancelled = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #fade;

  keys() {
    return [{ key: "f", says: "keys.fullscreen", run: toggleFullScreen }];
  }

  /**
   * @param {import("../shared/frames.js").Frame} frame
   * @param {import("../shared/store.js").Parts} before
   */
  changed(frame, before) {
    if (frame.type !== "record") return;
    const told = moments(before.block, this.store.block);
    if (told.includes("called") || told.includes("opened")) this.#show("");
    if (told.includes("cancelled")) this.#show(told.includes("bid") ? "calls.cancelled" : "calls.anew");
  }

  /** @param {string} cancelled */
  #show(cancelled) {
    clearTimeout(this.#fade);
    this.#cancelled = cancelled;
    if (!cancelled) return;
    this.#fade = setTimeout(() => {
      this.#cancelled = "";
      this.requestUpdate();
    }, CANCELLED_SHOWN_MS);
  }

  render() {
    const { store } = this;
    return html`<lc-bar .page=${this} named="page.hall"></lc-bar>
      ${statusLine(this)}
      <main>
        ${store.block && store.sale?.phase !== "closed" ? this.#block(store.block) : this.#curtain()}
        <aside>${store.sale?.phase === "closed" ? this.#results() : store.block ? html`${this.#bids()} ${this.#next(3)}` : this.#next(ROWS_SHOWN)}</aside>
      </main>
      ${figuresStrip(store)}
      <footer class="seal">
        <span>${t("hall.rules")} <span class="code">${store.sale?.rules.slice(0, 16) ?? "—"}</span></span>
        <span>${t("hall.head")} <span class="code">${store.seq ? `${store.seq} · ${store.head.slice(0, 16)}` : "—"}</span></span>
        <span class="seal-hint"><kbd>f</kbd> ${t("keys.fullscreen")}</span>
      </footer>
      <lc-help .keys=${this.keys()}></lc-help>`;
  }

  /** @param {import("../shared/frames.js").BlockPart} block */
  #block(block) {
    const bid = block.price_fen !== null;
    const price = block.price_fen ?? block.opening_fen;
    return html`<section class="block block-${block.phase}" aria-label=${t("block.title")}>
      <div class="lot">
        <lc-plate .plate=${block.plate}></lc-plate>
        <div class="lot-facts">
          <p class="lot-no">${t("lot.no", { n: block.lot })}</p>
          <p class="classes">${block.classes.slice(0, 3).map((code) => html`<span>${classText(code)}</span>`)}</p>
          <dl>
            <div><dt>${t("price.opening")}</dt><dd class="money">${shortYuan(block.opening_fen)}</dd></div>
            <div><dt>${t("price.step")}</dt><dd class="money">${shortYuan(block.step_fen)}</dd></div>
            <div class="asked"><dt>${t("price.asked")}</dt><dd class="money">${block.phase === "open" ? shortYuan(block.asked_fen) : "—"}</dd></div>
          </dl>
        </div>
      </div>
      <div class="standing">
        <div class="price">
          <p class="name">${t(priceName(block))}</p>
          ${keyed(price, html`<p class=${bid ? "price-now money" : "price-now price-waiting money"}>${shortYuan(price)}</p>`)}
          <p class="price-words">${spelledOut(price)}</p>
        </div>
        ${this.#leader(block)}
      </div>
      ${callStrip(block, this.store.rules?.calls ?? 3, this.#cancelled)}
    </section>`;
  }

  /** @param {import("../shared/frames.js").BlockPart} block */
  #leader({ leader, leader_channel, phase }) {
    if (!leader) return html`<div class="leader leader-none"><p class="name">${t("leader.title")}</p><p class="leader-wait">${t(phase === "passed" ? "leader.nobody" : "leader.waiting")}</p></div>`;
    return html`<div class="leader">
      <p class="name">${t(phase === "sold" ? "leader.buyer" : "alias" in leader ? "leader.alias" : "leader.paddle")}</p>
      ${keyed(JSON.stringify(leader), html`<p class="paddle" aria-label=${whoText(leader)}>${whoNumber(leader)}</p>`)}
      ${leader_channel ? html`<p class="channel channel-${leader_channel}">${channelText(leader_channel)}</p>` : nothing}
    </div>`;
  }

  /** Before the first lot, and after the last. */
  #curtain() {
    const { sale, rules } = this.store;
    if (!sale) return html`<section class="block curtain"><p class="curtain-word">${t("hall.connecting")}</p></section>`;
    return html`<section class="block curtain">
      <p class="curtain-word">${t(`hall.${sale.phase}`)}</p>
      <p class="curtain-title">${inLanguage(sale.title)}</p>
      <p class="curtain-more">
        ${t("hall.lots", { n: sale.lots })}${sale.phase === "closed" ? html` · ${t("lot.sold")} ${sale.sold} · ${t("lot.passed")} ${sale.passed}` : nothing}${sale.phase === "planned" && sale.opens_at_us ? html` · ${t("hall.opens-at", { at: dateText(sale.opens_at_us) })}` : nothing}
        ${rules && sale.phase !== "closed" ? html` · ${t("hall.calls", { n: rules.calls })}` : nothing}
      </p>
    </section>`;
  }

  #bids() {
    const bids = this.store.block?.bids ?? [];
    return html`<section class="panel last-bids">
      <h2>${t("bids.title")} <small>${t("bids.count", { n: this.store.block?.bid_count ?? 0 })}</small></h2>
      ${bids.length
        ? html`<ol>${bids.map((bid) => html`<li><span class="bid-who">${whoText(bid.who)}</span><span class="bid-channel">${channelText(bid.channel)}</span><b class="money">${shortYuan(bid.amount_fen)}</b></li>`)}</ol>`
        : html`<p class="empty">${t("bids.none")}</p>`}
    </section>`;
  }

  /** After the last hammer: what was sold, dearest first. */
  #results() {
    const sold = this.store.lots.filter((lot) => lot.hammer_fen !== null).sort((a, b) => (b.hammer_fen ?? 0) - (a.hammer_fen ?? 0));
    return html`<section class="panel next-lots next-alone">
      <h2>${t("hall.results")} <small>${t("hall.lots", { n: sold.length })}</small></h2>
      ${sold.length
        ? html`<ol>${sold.slice(0, ROWS_SHOWN).map((lot) => html`<li><span class="next-no">${lot.lot}</span><lc-plate class="plate-small" .plate=${lot.plate}></lc-plate><b class="money">${shortYuan(lot.hammer_fen ?? 0)}</b></li>`)}</ol>`
        : html`<p class="empty">${t("hall.no-results")}</p>`}
    </section>`;
  }

  /** @param {number} most */
  #next(most) {
    const lots = this.store.lots.filter((lot) => lot.phase === "waiting");
    return html`<section class=${this.store.block ? "panel next-lots" : "panel next-lots next-alone"}>
      <h2>${t("next.title")} <small>${t("next.count", { n: lots.length })}</small></h2>
      ${lots.length
        ? html`<ol>${lots.slice(0, most).map((lot) => html`<li><span class="next-no">${lot.lot}</span><lc-plate class="plate-small" .plate=${lot.plate}></lc-plate><b class="money">${shortYuan(lot.opening_fen)}</b></li>`)}</ol>`
        : html`<p class="empty">${t("next.none")}</p>`}
    </section>`;
  }
}

function toggleFullScreen() {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen();
}

stayAwake();
await start("lc-hall", Hall);
