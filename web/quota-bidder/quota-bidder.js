// @ts-check
/** A bidder in a quota sale: the cut-off price as it runs, the window around it, one's own offer in it, and what became of every offer. */

import { html, nothing, repeat } from "../vendor/lit.js";
import { stayAwake } from "../shared/awake.js";
import { inLanguage, t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { fenOf, shortYuan } from "../shared/money.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import { exactTimeText, refusalText, timeText } from "../shared/words.js";
import "../bidder/entry-sheet.js";
import "../bidder/receipt-sheet.js";
import "../bidder/safe-line.js";
import "../bidder/time-sheet.js";
import "../quota/clock.js";
import "../quota/curve-view.js";
import { heraldedQuota } from "../quota/herald.js";
import { feedNote, runningPrice } from "../quota/panels.js";
import { reachOf } from "../quota/reach.js";
import { reachView } from "../quota/reach-view.js";
import { conditionsOf, endOf, mineOf, roundOf } from "../quota/sale.js";
import { quotaSentences } from "../quota/sheet.js";
import { nextStep, standing, whereOf } from "../quota/standing.js";
import { stepper } from "../quota/stepper.js";
import { className, counted, orDash } from "../quota/words.js";
import "./offer-desk.js";

export class QuotaBidder extends LivePage {
  static personal = true;
  static named = "page.bidder";

  /** What the house tells this bidder alone. */
  get own() {
    return mineOf(this.store);
  }

  /** How his class stands. @returns {import("../quota/sale.js").Running | undefined} */
  get running() {
    return this.store.parts[`running/${this.own?.class}`];
  }

  /** The rules to be accepted before the first offer. */
  get entry() {
    const conditions = conditionsOf(this.store);
    return { due: Boolean(conditions?.sign_off && this.own), sentences: conditions ? quotaSentences(conditions) : [] };
  }

  get heralded() {
    return heraldedQuota(this.store);
  }

  keys() {
    return [{ key: "b", says: "keys.offer", run: () => this.#desk()?.focusOwn() }];
  }

  #desk() {
    return /** @type {import("./offer-desk.js").OfferDesk | null} */ (this.querySelector("lc-offer-desk"));
  }

  updated() {
    super.updated();
    for (const part of this.querySelectorAll("lc-offer-desk, lc-entry-sheet, lc-curve, lc-round-clock")) /** @type {import("../vendor/lit.js").LitElement} */ (part).requestUpdate();
  }

  render() {
    const { sale } = this.store;
    return html`<lc-bar .page=${this} named="page.bidder"></lc-bar>
      ${statusLine(this)}
      <main>
        ${stepper(this.store)}
        ${this.#price()}
        <div class="seat">
          ${this.#where()}
          ${sale?.phase === "closed" ? nothing : html`${this.#reach()} <lc-offer-desk .page=${this}></lc-offer-desk>`}
        </div>
        <div class="side">${this.#me()} ${this.#offers()} <lc-time-sheet .connection=${this.connection}></lc-time-sheet></div>
        ${this.#terms()}
      </main>
      <footer class="foot">
        <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
        <a href="hall">${t("page.hall")}</a> <a href="figures">${t("page.quota-result")}</a> <a href="record">${t("page.record")}</a>
        <span>${t("hall.rules")} <span class="code">${sale?.rules.slice(0, 16) ?? "—"}</span></span>
      </footer>
      <lc-help .keys=${this.keys()}></lc-help>
      <lc-entry-sheet .page=${this}></lc-entry-sheet>
      <lc-receipt-sheet></lc-receipt-sheet>`;
  }

  #price() {
    const { own } = this;
    const told = conditionsOf(this.store)?.running === "cutoff";
    return html`<section class="panel lot running" aria-label=${t("running.title")}>
      <lc-round-clock .store=${this.store} .connection=${this.connection}></lc-round-clock>
      <lc-safe-line .block=${endOf(this.store)} .connection=${this.connection}></lc-safe-line>
      ${runningPrice(this.store, own?.class, this.connection.clock.house_us())}
      ${told && own ? html`<lc-curve .store=${this.store} .connection=${this.connection} .of=${own.class} .own_fen=${own.offer?.amount_fen ?? null}></lc-curve>` : nothing}
      ${feedNote(this.store)}
    </section>`;
  }

  /** The one thing a bidder wants to know, as a banner that is always there. */
  #where() {
    const { own, running } = this;
    const refused = this.refused;
    // The line under the bar says why; here stands what to do now.
    if (refused) return html`<p class="where where-refused" role="status"><i aria-hidden="true"></i><span>${this.#next(refused) || refusalText(refused)}</span></p>`;
    const { kind, key } = whereOf({ sale: this.store.sale, mine: own, running });
    const text = t(key, { amount: orDash(own?.offer?.amount_fen), pays: orDash(own?.result?.pays_fen), cutoff: orDash(running?.cutoff_fen) });
    return html`<p class="where where-${{ in: "leading", out: "outbid", won: "won", missed: "calm", calm: "calm" }[kind]} where-is-${kind}" role="status"><i aria-hidden="true"></i><span>${text}</span></p>`;
  }

  /** @param {import("../shared/frames.js").Refusal} refusal */
  #next(refusal) {
    const next = nextStep(refusal);
    return next ? t(next.key, Object.fromEntries(Object.entries(next.amounts).map(([name, fen]) => [name, orDash(fen)]))) : "";
  }

  #reach() {
    const { own, running } = this;
    const round = roundOf(this.store);
    const { sale, announcement } = this.store;
    if (sale?.phase === "suspended" && announcement)
      return html`<section class="panel reach-panel said"><h2>${t("announced.title")} <small><time>${timeText(announcement.at_us)}</time></small></h2><p tabindex="0">${inLanguage(announcement)}</p></section>`;
    const reach = reachOf({ conditions: conditionsOf(this.store), round, running, mine: own });
    return html`<section class="panel reach-panel" aria-label=${t("reach.title")}>
      <h2>${t(reach?.moves ? "reach.title-moves" : "reach.title")} <small>${own ? this.#left(own) : nothing}</small></h2>
      ${reachView({
        least_fen: reach?.least_fen ?? running?.least_fen ?? null,
        most_fen: reach?.most_fen ?? running?.most_fen ?? null,
        cutoff_fen: running?.cutoff_fen ?? null,
        own_fen: own?.offer?.amount_fen ?? null,
        typed_fen: fenOf(this.#desk()?.typed ?? ""),
      }, reach ? t("offer.from", { least: shortYuan(reach.least_fen ?? reach.floor_fen), step: shortYuan(reach.step_fen) }) : t("reach.none"))}
    </section>`;
  }

  /** @param {import("../quota/sale.js").Mine} own */
  #left({ offer, revisions_left, may_offer }) {
    if (!offer) return t(may_offer ? "left.first" : "left.none-made");
    return revisions_left === null ? nothing : html`<span class="left ${revisions_left ? "" : "left-none"}">${t("left.changes", { n: revisions_left })}</span>`;
  }

  #me() {
    const { own } = this;
    const { welcome } = this.store;
    return html`<section class="panel me" aria-label=${t("me.title")}>
      <p class="my-paddle"><span>${t("me.bidder-no")}</span><b class="number">${own?.paddle ?? welcome?.paddle ?? "—"}</b></p>
      <dl>
        <div><dt>${t("me.offer")}</dt><dd class="money">${orDash(own?.offer?.amount_fen)}</dd></div>
        <div><dt>${t("me.offered-at")}</dt><dd class="number">${own?.offer ? timeText(own.offer.at_us) : "—"}</dd></div>
        <div><dt>${t("me.class")}</dt><dd>${own ? className(own.class) : "—"}</dd></div>
        <div><dt>${t("me.changes-left")}</dt><dd class="number">${counted(own?.revisions_left)}</dd></div>
      </dl>
    </section>`;
  }

  #offers() {
    const acts = (this.acts?.list ?? []).filter(({ frame }) => frame.type === "offer");
    return html`<section class="panel acts">
      <h2>${t("acts.offers")} <small>${counted(acts.length)}</small></h2>
      ${acts.length ? html`<ol tabindex="0">${repeat(acts, (act) => act.id, (act) => this.#act(act))}</ol>` : html`<p class="empty">${t("acts.no-offers")}</p>`}
    </section>`;
  }

  /** @param {import("../shared/acts.js").Act} act */
  #act(act) {
    const stands = standing(act, this.own);
    const wasted = act.events?.find(({ type }) => type === "RevisionLost");
    const made = act.events?.find(({ type }) => type === "OfferMade");
    return html`<li class="act act-${stands}">
      <p class="act-line"><b class="money">${shortYuan(act.frame.amount_fen)}</b><span class="badge">${t(`stands.${stands}`)}</span></p>
      <p class="act-more"><time>${exactTimeText(made?.at_us ?? act.asked_at_us)}</time>${act.seq ? html` · ${t("acts.seq", { n: act.seq })}` : nothing}
        ${act.receipt ? html` <button class="link" @click=${() => this.#receipt(act)}>${t("acts.receipt")}</button>` : nothing}</p>
      ${act.refusal ? html`<p class="act-why">${refusalText(act.refusal)} ${this.#next(act.refusal)}</p>` : nothing}
      ${wasted ? html`<p class="act-why">${t("acts.wasted", { least: shortYuan(wasted.least_fen), most: shortYuan(wasted.most_fen) })}</p>` : nothing}
      ${stands === "unknown" ? html`<p class="act-why">${t("acts.unknown")}</p>` : nothing}
      ${stands === "lost" ? html`<p class="act-why">${t("acts.lost")}</p>` : nothing}
    </li>`;
  }

  #terms() {
    const conditions = conditionsOf(this.store);
    return conditions
      ? html`<details class="panel terms"><summary>${t("terms.title")}</summary><ul>${quotaSentences(conditions).map((sentence) => html`<li>${sentence}</li>`)}</ul></details>`
      : nothing;
  }

  /** @param {import("../shared/acts.js").Act} act */
  #receipt(act) {
    const sheet = /** @type {import("../bidder/receipt-sheet.js").ReceiptSheet | null} */ (this.querySelector("lc-receipt-sheet"));
    if (act.receipt) void sheet?.show(act.receipt, { key: this.store.welcome?.key, rules: this.store.sale?.rules, sale: this.sale, seq: act.seq ?? 0 });
  }
}

stayAwake();
await start("lc-quota-bidder", QuotaBidder);
