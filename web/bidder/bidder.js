// @ts-check
/** The bidder's page: what is on the block, the way to bid, and what became of every bid. */

import { html, keyed, nothing, repeat } from "../vendor/lit.js";
import { stayAwake } from "../shared/awake.js";
import { callStrip } from "../shared/calls.js";
import { t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { shortYuan } from "../shared/money.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import { channelText, classText, exactTimeText, priceName, refusalText, spelledOut, timeText, whoText } from "../shared/words.js";
import "./desk.js";
import "./receipt-sheet.js";
import { better, hasBid, standing } from "./standing.js";

export class Bidder extends LivePage {
  static personal = true;
  static named = "page.bidder";

  /** The lot I lead, and the one I was last seen leading. @type {number | null} */
  #leading = null;
  /** @type {number | null} */
  #led = null;

  /**
   * How a bidder stands matters more than what was refused before.
   * @param {import("../shared/frames.js").Frame} _frame
   * @param {import("../shared/store.js").Parts} before
   */
  changed(_frame, before) {
    const { block, mine } = this.store;
    const leading = mine?.leads[0] ?? null;
    if (leading !== this.#leading || block?.lot !== before.block?.lot || block?.phase !== before.block?.phase) this.showRefusal(null);
    this.#leading = leading;
    this.#led = leading ?? this.#led;
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
    this.#desk()?.requestUpdate();
  }

  render() {
    return html`<lc-bar .page=${this} named="page.bidder"></lc-bar>
      ${statusLine(this)}
      <main>
        ${this.#lot()}
        <div class="seat">
          ${this.#standing()}
          <lc-desk .page=${this}></lc-desk>
        </div>
        ${this.#recent()}
        <div class="side">${this.#me()} ${this.#mine()}</div>
      </main>
      <footer class="foot">
        <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
        <a href="hall">${t("page.hall")}</a> <a href="record">${t("page.record")}</a>
        <span>${t("hall.rules")} <span class="code">${this.store.sale?.rules.slice(0, 16) ?? "—"}</span></span>
      </footer>
      <lc-help .keys=${this.keys()}></lc-help>
      <lc-receipt-sheet></lc-receipt-sheet>`;
  }

  #lot() {
    const { block } = this.store;
    if (!block) return html`<section class="panel lot lot-none"><p>${t(this.store.sale?.phase === "closed" ? "hall.closed" : "bidder.no-lot")}</p></section>`;
    const price = block.price_fen ?? block.opening_fen;
    return html`<section class="panel lot lot-${block.phase}" aria-label=${t("block.title")}>
      <div class="lot-head">
        <b>${t("lot.no", { n: block.lot })}</b>
        <span class="classes">${block.classes.slice(0, 3).map((code) => html`<span>${classText(code)}</span>`)}</span>
      </div>
      <lc-plate .plate=${block.plate}></lc-plate>
      <div class="price">
        <p class="muted">${t(priceName(block))}</p>
        ${keyed(price, html`<p class="price-now money">${shortYuan(price)}</p>`)}
        <p class="price-words">${spelledOut(price)}</p>
      </div>
      ${callStrip(block, this.store.rules?.calls ?? 3, "")}
      <dl class="facts">
        <div><dt>${t(block.phase === "sold" ? "leader.buyer" : "leader.title")}</dt><dd>${block.leader ? this.#leader(block) : t("bids.none")}</dd></div>
        <div><dt>${t("price.opening")}</dt><dd class="money">${shortYuan(block.opening_fen)}</dd></div>
        <div><dt>${t("price.step")}</dt><dd class="money">${shortYuan(block.step_fen)}</dd></div>
        <div><dt>${t("record.bids")}</dt><dd class="number">${block.bid_count}</dd></div>
      </dl>
    </section>`;
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
    const { block, mine, sale } = this.store;
    if (this.refused) return { kind: "refused", text: refusalText(this.refused) };
    if (!block || !sale || sale.phase === "planned") return { kind: "calm", text: t("where.waiting") };
    if (mine?.won.some(({ lot }) => lot === block.lot)) return { kind: "won", text: t("where.won", { lot: block.lot, plate: block.plate }) };
    const bidding = hasBid({ block, mine, acts: this.acts?.list ?? [], led: this.#led });
    if (block.phase !== "open") return { kind: "calm", text: t(bidding ? "where.not-yours" : `where.${block.phase}`) };
    if (mine?.leads.includes(block.lot)) return { kind: "leading", text: t("where.leading", { amount: shortYuan(block.price_fen ?? 0) }) };
    if (bidding) return { kind: "outbid", text: t("where.outbid", { asked: shortYuan(block.asked_fen) }) };
    return { kind: "calm", text: t("where.open", { asked: shortYuan(block.asked_fen) }) };
  }

  #recent() {
    const bids = this.store.block?.bids ?? [];
    return html`<section class="panel recent">
      <h2>${t("bids.title")} <small>${t("bids.count", { n: this.store.block?.bid_count ?? 0 })}</small></h2>
      ${bids.length
        ? html`<ol>${bids.slice(0, 5).map((bid) => html`<li><time>${timeText(bid.at_us)}</time><span>${whoText(bid.who)} · ${channelText(bid.channel)}</span><b class="money">${shortYuan(bid.amount_fen)}</b></li>`)}</ol>`
        : html`<p class="empty">${t("bids.none")}</p>`}
    </section>`;
  }

  #me() {
    const { mine, welcome } = this.store;
    const paddle = mine?.paddle ?? welcome?.paddle;
    return html`<section class="panel me" aria-label=${t("me.title")}>
      <p class="my-paddle"><span>${t("me.paddle")}</span><b class="number">${paddle ?? "—"}</b></p>
      <dl>
        <div><dt>${t("me.rights")}</dt><dd class="number">${mine?.rights ?? "—"}</dd></div>
        <div><dt>${t("me.won")}</dt><dd class="number">${mine?.won.length ?? "—"}</dd></div>
        <div><dt>${t("me.channel")}</dt><dd>${mine ? channelText(mine.channel) : "—"}</dd></div>
      </dl>
      ${mine?.won.length
        ? html`<ul class="won">${mine.won.map((won) => html`<li><lc-plate class="plate-small" .plate=${won.plate}></lc-plate><span>${t("lot.no", { n: won.lot })}</span><b class="money">${shortYuan(won.hammer_fen)}</b></li>`)}</ul>`
        : nothing}
    </section>`;
  }

  #mine() {
    const acts = this.acts?.list ?? [];
    return html`<section class="panel acts">
      <h2>${t("acts.title")} <small>${t("bids.count", { n: acts.length })}</small></h2>
      ${acts.length ? html`<ol tabindex="0">${repeat(acts, (act) => act.id, (act) => this.#act(act))}</ol>` : html`<p class="empty">${t("acts.none")}</p>`}
    </section>`;
  }

  /** @param {import("../shared/acts.js").Act} act */
  #act(act) {
    const stands = standing(act, this.store);
    const instead = stands === "refused" ? better(act) : null;
    const { block, mine } = this.store;
    const open = block?.phase === "open" && block.lot === act.frame.lot && !mine?.leads.includes(block.lot);
    return html`<li class="act act-${stands}">
      <p class="act-line"><b class="money">${shortYuan(act.frame.amount_fen)}</b><span class="badge">${t(`stands.${stands}`)}</span></p>
      <p class="act-more">${t("lot.no", { n: act.frame.lot })} · <time>${exactTimeText(act.asked_at_us)}</time>${act.seq ? html` · ${t("acts.seq", { n: act.seq })}` : nothing}
        ${act.receipt ? html` <button class="link" @click=${() => this.#receipt(act)}>${t("acts.receipt")}</button>` : nothing}</p>
      ${act.refusal ? html`<p class="act-why">${refusalText(act.refusal)}</p>` : nothing}
      ${stands === "unknown" ? html`<p class="act-why">${t("acts.unknown")}</p>` : nothing}
      ${stands === "lost" ? html`<p class="act-why">${t("acts.lost")}</p>` : nothing}
      ${instead !== null && open
        ? html`<button class="button button-small" ?disabled=${!this.connection.live} @click=${() => this.#desk()?.offer(Math.max(instead, block.asked_fen))}>${t("acts.instead", { amount: shortYuan(Math.max(instead, block.asked_fen)) })}</button>`
        : nothing}
    </li>`;
  }

  /** @param {import("../shared/acts.js").Act} act */
  #receipt(act) {
    const sheet = /** @type {import("./receipt-sheet.js").ReceiptSheet | null} */ (this.querySelector("lc-receipt-sheet"));
    if (act.receipt) void sheet?.show(act.receipt, { key: this.store.welcome?.key, rules: this.store.sale?.rules, named: `luochui-${this.sale}-${act.seq}` });
  }
}

stayAwake();
await start("lc-bidder", Bidder);
