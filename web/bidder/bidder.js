// @ts-check
/** The bidder's page: what is on the block, the way to bid, and what became of every bid. */

import { html, keyed, nothing, repeat } from "../vendor/lit.js";
import { stayAwake } from "../shared/awake.js";
import "../shared/countdown.js";
import { callStrip } from "../shared/calls.js";
import { inLanguage, t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { shortYuan } from "../shared/money.js";
import { allTogether, biddingOf, openings } from "../shared/openings.js";
import { SeenSaid } from "../shared/seen.js";
import { sheetSentences } from "../shared/sheet.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import { channelText, classText, exactTimeText, priceName, priceText, refusalText, spelledOut, timeText, whoText } from "../shared/words.js";
import "./desk.js";
import "./entry-sheet.js";
import "./maxima.js";
import "./receipt-sheet.js";
import "./safe-line.js";
import { better, hasBid, standing } from "./standing.js";
import "./time-sheet.js";

export class Bidder extends LivePage {
  static personal = true;
  static named = "page.bidder";
  static properties = { chosen: { state: true } };

  constructor() {
    super();
    /** @type {number | null} */
    this.chosen = null;
    this.#seen = new SeenSaid(this.connection, this.store);
  }

  #seen;

  /** The lot I lead, and the one I was last seen leading. @type {number | null} */
  #leading = null;
  /** @type {number | null} */
  #led = null;

  /** The lot and its phase last looked at. */
  #looked = "";

  /** How a bidder stands matters more than what was refused before. */
  changed() {
    const { block } = this;
    const leading = this.store.mine?.leads.find((lot) => lot === block?.lot) ?? null;
    const looked = `${block?.lot}/${block?.phase}`;
    if (leading !== this.#leading || looked !== this.#looked) this.showRefusal(null);
    this.#looked = looked;
    this.#leading = leading;
    this.#led = leading ?? this.#led;
  }

  /** The lot this bidder looks at: the one on the block, or the one chosen where several are open. */
  get block() {
    return biddingOf(this.store, this.chosen);
  }

  /** The rules to be accepted before the first bid. */
  get entry() {
    const { rules, mine } = this.store;
    return { due: Boolean(rules?.sign_off && mine?.channel === "online"), sentences: rules ? sheetSentences(rules) : [] };
  }

  /** @param {number} lot */
  #choose(lot) {
    this.chosen = lot;
    this.showRefusal(null);
    this.#desk()?.requestUpdate();
  }

  keys() {
    return [
      { key: "b", says: "keys.bid", run: () => this.#desk()?.press() },
      { key: "e", says: "keys.own", run: () => this.#desk()?.focusOwn() },
    ];
  }

  #desk() {
    return /** @type {import("./desk.js").Desk | null} */ (this.querySelector("lc-desk"));
  }

  updated() {
    super.updated();
    for (const part of this.querySelectorAll("lc-desk, lc-maxima, lc-entry-sheet")) /** @type {import("../vendor/lit.js").LitElement} */ (part).requestUpdate();
    this.#seen.say();
  }

  render() {
    return html`<lc-bar .page=${this} named="page.bidder"></lc-bar>
      ${statusLine(this)}
      <main>
        ${this.#openings()} ${this.#lot()}
        <div class="seat">
          ${this.#standing()}
          <lc-desk .page=${this}></lc-desk>
        </div>
        <div class="middle"><lc-maxima .page=${this}></lc-maxima> ${this.#recent()}</div>
        <div class="side">${this.#me()} ${this.#mine()} <lc-time-sheet .connection=${this.connection}></lc-time-sheet></div>
      </main>
      <footer class="foot">
        <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
        <a href="hall">${t("page.hall")}</a> <a href="record">${t("page.record")}</a>
        <span>${t("hall.rules")} <span class="code">${this.store.sale?.rules.slice(0, 16) ?? "—"}</span></span>
      </footer>
      <lc-help .keys=${this.keys()}></lc-help>
      <lc-entry-sheet .page=${this}></lc-entry-sheet>
      <lc-receipt-sheet></lc-receipt-sheet>`;
  }

  /** Where several lots are open: which one to look at. */
  #openings() {
    if (!allTogether(this.store)) return this.#announced();
    const { mine } = this.store;
    const shown = this.block?.lot;
    return html`${this.#announced()}<nav class="panel openings" aria-label=${t("openings.title")}>
      ${openings(this.store).map(
        (one) => html`<button class="opening" aria-pressed=${one.lot === shown} @click=${() => this.#choose(one.lot)}>
          <b>${one.plate}</b><span class="money">${priceText(one.price_fen ?? one.asked_fen)}</span>
          <lc-countdown .block=${one} .connection=${this.connection} .paused=${this.store.sale?.phase === "suspended"}></lc-countdown>
          <small>${t(mine?.leads.includes(one.lot) ? "openings.leading" : mine?.last.some(({ lot }) => lot === one.lot) ? "openings.outbid" : "openings.open")}</small>
        </button>`,
      )}
    </nav>`;
  }

  /** While the sale rests: the announcement, the same for who comes late. */
  #announced() {
    const { sale, announcement } = this.store;
    if (sale?.phase !== "suspended" || !announcement) return nothing;
    return html`<p class="panel announced">${inLanguage(announcement)}</p>`;
  }

  #lot() {
    const { block } = this;
    if (!block) return html`<section class="panel lot lot-none"><p>${t(this.store.sale?.phase === "closed" ? "hall.closed" : "bidder.no-lot")}</p></section>`;
    const hidden = block.asked_fen === null && block.phase === "open";
    const price = block.price_fen ?? block.opening_fen;
    return html`<section class="panel lot lot-${block.phase}" aria-label=${t("block.title")}>
      <div class="lot-head">
        <b>${t("lot.no", { n: block.lot })}</b>
        <span class="classes">${block.classes.slice(0, 3).map((code) => html`<span>${classText(code)}</span>`)}</span>
      </div>
      <lc-plate .plate=${block.plate}></lc-plate>
      <div class="price">
        <p class="muted">${t(hidden ? "price.not-shown" : priceName(block))}</p>
        ${keyed(hidden ? "" : price, html`<p class="price-now money">${hidden ? this.#ownPlace(block) : shortYuan(price)}</p>`)}
        <p class="price-words">${hidden ? t("price.not-shown.how") : spelledOut(price)}</p>
      </div>
      ${block.closes_at_us && block.phase === "open"
        ? html`<lc-countdown .block=${block} .connection=${this.connection} .paused=${this.store.sale?.phase === "suspended"}></lc-countdown>
            <lc-safe-line .block=${block} .connection=${this.connection}></lc-safe-line>`
        : callStrip(block, this.store.rules?.calls ?? 3, "")}
      <dl class="facts">
        <div><dt>${t(block.phase === "sold" ? "leader.buyer" : "leader.title")}</dt><dd>${block.leader ? this.#leader(block) : t("bids.none")}</dd></div>
        <div><dt>${t("price.opening")}</dt><dd class="money">${shortYuan(block.opening_fen)}</dd></div>
        <div><dt>${t("price.step")}</dt><dd class="money">${shortYuan(block.step_fen)}</dd></div>
        <div><dt>${t("record.bids")}</dt><dd class="number">${block.bid_count ?? "—"}</dd></div>
        ${block.reserve && block.reserve !== "none" ? html`<div><dt>${t("lot.reserve")}</dt><dd>${t(`reserve.${block.reserve}`)}</dd></div>` : nothing}
      </dl>
    </section>`;
  }

  /** Where prices are hidden: one's own last bid, and one's place if the sheet shows it. @param {import("../shared/frames.js").BlockPart} block */
  #ownPlace(block) {
    const own = this.store.mine?.last.find(({ lot }) => lot === block.lot);
    if (!own) return "—";
    return own.rank === null ? shortYuan(own.amount_fen) : t("price.own-place", { amount: shortYuan(own.amount_fen), n: own.rank });
  }

  /** @param {import("../shared/frames.js").BlockPart} block */
  #leader(block) {
    const mine = this.store.mine?.leads.includes(block.lot) || (block.phase === "sold" && this.store.mine?.won.some((won) => won.lot === block.lot));
    const channel = block.leader_channel;
    return html`${mine ? t("bidder.you") : whoText(block.leader)}${channel ? ` · ${channelText(channel)}` : nothing}`;
  }

  /** The one thing a bidder wants to know, as a banner that is always there. */
  #standing() {
    const { kind, text } = this.#where();
    return html`<p class="where where-${kind}" role="status"><i aria-hidden="true"></i>${text}</p>`;
  }

  #where() {
    const { mine, sale } = this.store;
    const { block } = this;
    if (this.refused) return { kind: "refused", text: refusalText(this.refused) };
    if (!block || !sale || sale.phase === "planned") return { kind: "calm", text: t("where.waiting") };
    if (mine?.won.some(({ lot }) => lot === block.lot)) return { kind: "won", text: t("where.won", { lot: block.lot, plate: block.plate }) };
    const bidding = hasBid({ block, mine, acts: this.acts?.list ?? [], led: this.#led });
    if (block.phase !== "open") return { kind: "calm", text: t(bidding ? "where.not-yours" : `where.${block.phase}`) };
    const voided = block.bids.find((bid) => bid.voided && "paddle" in bid.who && bid.who.paddle === mine?.paddle);
    const amount = block.price_fen ?? mine?.last.find(({ lot }) => lot === block.lot)?.amount_fen ?? 0;
    if (mine?.leads.includes(block.lot)) {
      const proxy = mine.proxies.find(({ lot }) => lot === block.lot);
      if (proxy) return { kind: "leading", text: t("where.leading-proxy", { amount: shortYuan(amount), maximum: shortYuan(proxy.maximum_fen) }) };
      return { kind: "leading", text: t("where.leading", { amount: shortYuan(amount) }) };
    }
    if (voided && !mine?.last.some(({ lot }) => lot === block.lot)) return { kind: "outbid", text: t("where.voided", { amount: shortYuan(voided.amount_fen) }) };
    if (bidding) return { kind: "outbid", text: block.asked_fen === null ? t("where.not-leading") : t("where.outbid", { asked: shortYuan(block.asked_fen) }) };
    return { kind: "calm", text: block.asked_fen === null ? t("where.open-hidden") : t("where.open", { asked: shortYuan(block.asked_fen) }) };
  }

  #recent() {
    const bids = this.block?.bids ?? [];
    return html`<section class="panel recent">
      <h2>${t("bids.title")} <small>${t("bids.count", { n: this.block?.bid_count ?? 0 })}</small></h2>
      ${bids.length
        ? html`<ol>${bids.slice(0, 5).map((bid) => html`<li class=${bid.voided ? "voided" : nothing}><time>${timeText(bid.at_us)}</time><span>${whoText(bid.who)} · ${channelText(bid.channel)}${bid.voided ? html` · <b>${t("bids.voided")}</b>` : bid.basis && bid.basis !== "bid" ? html` · ${t(`basis.${bid.basis}`)}` : nothing}</span><b class="money">${shortYuan(bid.amount_fen)}</b></li>`)}</ol>`
        : html`<p class="empty">${t("bids.none")}</p>`}
    </section>`;
  }

  #me() {
    const { mine, welcome } = this.store;
    const paddle = mine?.paddle ?? welcome?.paddle;
    return html`<section class="panel me" aria-label=${t("me.title")}>
      <p class="my-paddle"><span>${t("me.paddle")}</span><b class="number">${paddle ?? "—"}</b></p>
      <dl>
        <div><dt>${t("me.rights")}</dt><dd class="number">${mine ? (mine.rights ?? t("me.all")) : "—"}</dd></div>
        <div><dt>${t("me.won")}</dt><dd class="number">${mine?.won.length ?? "—"}</dd></div>
        <div><dt>${t("me.channel")}</dt><dd>${mine ? channelText(mine.channel) : "—"}</dd></div>
      </dl>
      ${mine?.won.length
        ? html`<ul class="won">${mine.won.map((won) => html`<li><lc-plate class="plate-small" .plate=${won.plate}></lc-plate><span>${t("lot.no", { n: won.lot })}</span><b class="money">${shortYuan(won.hammer_fen)}</b></li>`)}</ul>`
        : nothing}
    </section>`;
  }

  #mine() {
    const acts = (this.acts?.list ?? []).filter(({ frame }) => frame.amount_fen !== undefined || frame.maximum_fen !== undefined);
    return html`<section class="panel acts">
      <h2>${t("acts.title")} <small>${t("bids.count", { n: acts.length })}</small></h2>
      ${acts.length ? html`<ol tabindex="0">${repeat(acts, (act) => act.id, (act) => this.#act(act))}</ol>` : html`<p class="empty">${t("acts.none")}</p>`}
    </section>`;
  }

  /** @param {import("../shared/acts.js").Act} act */
  #act(act) {
    const stands = standing(act, this.store);
    const instead = stands === "refused" ? better(act) : null;
    const { mine } = this.store;
    const { block } = this;
    const open = block?.phase === "open" && block.lot === act.frame.lot && !mine?.leads.includes(block.lot);
    return html`<li class="act act-${stands}">
      <p class="act-line"><b class="money">${act.frame.maximum_fen === undefined ? shortYuan(act.frame.amount_fen) : t("acts.maximum", { amount: shortYuan(act.frame.maximum_fen) })}</b><span class="badge">${t(`stands.${stands}`)}</span></p>
      <p class="act-more">${t("lot.no", { n: act.frame.lot })} · <time>${exactTimeText(act.asked_at_us)}</time>${act.seq ? html` · ${t("acts.seq", { n: act.seq })}` : nothing}
        ${act.receipt ? html` <button class="link" @click=${() => this.#receipt(act)}>${t("acts.receipt")}</button>` : nothing}</p>
      ${act.refusal ? html`<p class="act-why">${refusalText(act.refusal)}</p>` : nothing}
      ${stands === "unknown" ? html`<p class="act-why">${t("acts.unknown")}</p>` : nothing}
      ${stands === "lost" ? html`<p class="act-why">${t("acts.lost")}</p>` : nothing}
      ${instead !== null && open
        ? html`<button class="button button-small" ?disabled=${!this.connection.live} @click=${() => this.#desk()?.offer(Math.max(instead, block.asked_fen ?? 0))}>${t("acts.instead", { amount: shortYuan(Math.max(instead, block.asked_fen ?? 0)) })}</button>`
        : nothing}
    </li>`;
  }

  /** @param {import("../shared/acts.js").Act} act */
  #receipt(act) {
    const sheet = /** @type {import("./receipt-sheet.js").ReceiptSheet | null} */ (this.querySelector("lc-receipt-sheet"));
    if (act.receipt) void sheet?.show(act.receipt, { key: this.store.welcome?.key, rules: this.store.sale?.rules, sale: this.sale, seq: act.seq ?? 0 });
  }
}

stayAwake();
await start("lc-bidder", Bidder);
