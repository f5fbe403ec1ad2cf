// @ts-check
/** The result of a quota sale for everybody, and for paper: lowest, average, the second at the edge, lots drawn, class by class, with the rules it was made by. */

import { html, nothing } from "../vendor/lit.js";
import { saleUrl } from "../shared/house.js";
import { inLanguage, spoken, t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { start } from "../shared/start.js";
import { statusLine } from "../shared/status.js";
import { timeText } from "../shared/words.js";
import { drawn } from "../quota/curve.js";
import "../quota/curve-view.js";
import { heraldedQuota } from "../quota/herald.js";
import { feedNote, resultFacts, runningPrice } from "../quota/panels.js";
import { classesOf, conditionsOf } from "../quota/sale.js";
import { quotaSentences } from "../quota/sheet.js";
import { stepper } from "../quota/stepper.js";
import { className, counted, orDash } from "../quota/words.js";

const LOOKS_EVERY_MS = 1_000;

/** So many lines of the curve are written out. */
const LINES_MAX = 60;

class QuotaResult extends LivePage {
  static named = "page.quota-result";

  connectedCallback() {
    super.connectedCallback();
    setInterval(() => this.requestUpdate(), LOOKS_EVERY_MS);
  }

  get heralded() {
    return heraldedQuota(this.store);
  }

  keys() {
    return [{ key: "p", says: "fig.print", run: () => print() }];
  }

  render() {
    const { store } = this;
    const { sale } = store;
    return html`<lc-bar .page=${this} named="page.quota-result"></lc-bar>
      ${statusLine(this)}
      <main>
        <section class="head">
          <h2>${sale ? inLanguage(sale.title) : t("hall.connecting")}</h2>
          <p class="result-state result-${sale?.result ?? "none"}">${sale ? t(sale.result ? `result.${sale.result}` : `result.none.${sale.phase}`) : nothing}</p>
          <p class="actions">
            <button class="button button-small" @click=${() => print()}><kbd>p</kbd> ${t("fig.print")}</button>
            <a class="button button-small" href="${saleUrl(this.sale, `/result.csv?lang=${spoken()}`)}" download>${t("result.csv")}</a>
            <a class="button button-small" href="${saleUrl(this.sale, "/result")}">${t("result.json")}</a>
            <a class="button button-small" href="${saleUrl(this.sale, "/export.jsonl")}" download>${t("record.export.jsonl")}</a>
            <a class="button button-small" href="record">${t("page.record")}</a>
          </p>
        </section>
        ${stepper(store)}
        ${classesOf(store).map((one) => this.#class(one))}
        ${this.#terms()}
        <dl class="seals">
          <div><dt>${t("quota.participants")}</dt><dd class="number">${counted(store.parts.quota?.admitted)}</dd></div>
          <div><dt>${t("hall.rules")}</dt><dd class="code">${sale?.rules ?? "—"}</dd></div>
          <div><dt>${t("hall.head")}</dt><dd class="code">${store.seq ? `${store.seq} · ${store.head}` : "—"}</dd></div>
          <div><dt>${t("result.signed", { roles: "" })}</dt><dd>${(sale?.signed ?? []).map((one) => t(`role.${one}`)).join(t("list.comma")) || "—"}</dd></div>
        </dl>
        ${sale ? html`<p class="scan"><img src="record.svg" alt=""><span>${t("hall.scan")}</span></p>` : nothing}
      </main>
      <lc-help .keys=${this.keys()}></lc-help>`;
  }

  /** @param {ReturnType<typeof classesOf>[number]} one */
  #class({ name, result, curve }) {
    const { store } = this;
    const drawing = curve ? drawn(store, name, this.connection.clock.house_us()) : null;
    return html`<section class="panel class">
      <h2>${className(name)}</h2>
      <div class="class-body">
        ${result
          ? html`<dl class="result-facts">${resultFacts(result, conditionsOf(store)).map((fact) => html`<div class="fact-${fact.key}"><dt>${fact.name}</dt><dd class="number">${fact.value}</dd></div>`)}</dl>`
          : html`<div class="so-far">${runningPrice(store, name, this.connection.clock.house_us())} ${feedNote(store)}</div>`}
        ${curve ? html`<lc-curve .store=${store} .connection=${this.connection} .of=${name}></lc-curve>` : nothing}
      </div>
      ${drawing && result ? lines(drawing) : nothing}
    </section>`;
  }

  #terms() {
    const conditions = conditionsOf(this.store);
    return conditions
      ? html`<section class="panel terms"><h2>${t("terms.title")}</h2><ul>${quotaSentences(conditions).map((sentence) => html`<li>${sentence}</li>`)}</ul></section>`
      : nothing;
  }
}

/** The curve in numbers, for those who do not see it: every so many points, the last one always. @param {import("../quota/curve.js").Drawn} drawing */
function lines({ points }) {
  const every = Math.ceil(points.length / LINES_MAX);
  const told = points.filter((_, at) => at % every === 0 || at === points.length - 1);
  return html`<details class="numbers"><summary>${t("curve.numbers", { n: told.length })}</summary><div class="scroll" tabindex="0"><table>
    <thead><tr><th>${t("curve.at")}</th><th class="right">${t("running.cutoff")}</th></tr></thead>
    <tbody>${told.map(([at_us, fen]) => html`<tr><td><time>${timeText(at_us)}</time></td><td class="right">${orDash(fen)}</td></tr>`)}</tbody>
  </table></div></details>`;
}

await start("lc-quota-result", QuotaResult);
