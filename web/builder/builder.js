// @ts-check
/** Where staff make a sale: its form, its lists, what the house finds wrong with them, and its announcement. */

import { LitElement, html, nothing } from "../vendor/lit.js";
import { heldToken, takeToken } from "../shared/address.js";
import { inLanguage, languages, t } from "../shared/i18n.js";
import { shortYuan } from "../shared/money.js";
import { sheetSentences } from "../shared/sheet.js";
import { start } from "../shared/start.js";
import { HOUSE, LIST_BYTES_MAX, Refused, ask } from "./desk.js";
import { noticeOf, withValue } from "./fields.js";
import { fieldsOf, increments, sight } from "./form.js";
import { listOf } from "./lists.js";
import { PRESETS, newForm } from "./presets.js";

const PAUSE_MS = 350;
const AGAIN_MS = 3_000;
const LISTS = ["catalogue", "paddles"];
const SAMPLES = /** @type {Record<string, string>} */ ({
  catalogue: "lot,plate,opening_yuan,reserve_yuan\r\n1,豫H12345,10000,\r\n2,豫H88588,20000,30000\r\n",
  paddles: "paddle,channel,deposits\r\n8,online,1\r\n51,hall,2\r\n",
});

class Builder extends LitElement {
  constructor() {
    super();
    takeToken(HOUSE);
    this.form = /** @type {any} */ (newForm());
    /** @type {Record<string, import("./desk.js").List>} */
    this.lists = {};
    /** What the house said of the form as it stands, or stood a moment ago. @type {import("./desk.js").Report | null} */
    this.report = null;
    this.fresh = false;
    /** @type {{zh: string, en: string} | null} */
    this.said = null;
    /** @type {import("./desk.js").Announced | null} */
    this.announced = null;
    this.allowed = heldToken(HOUSE) !== null;
    this.busy = false;
    this.edition = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.waiting = undefined;
    languages.on("change", () => this.requestUpdate());
    addEventListener("beforeunload", (event) => {
      if (this.edition > 1 && !this.announced) event.preventDefault(); // What was typed is kept nowhere else.
    });
    addEventListener("hashchange", () => {
      takeToken(HOUSE);
      this.allowed = heldToken(HOUSE) !== null;
      this.#changed();
    });
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.allowed) this.#changed();
  }

  updated() {
    document.title = `${t("page.builder")} · ${t("house")}`;
  }

  #changed(after_ms = PAUSE_MS) {
    this.edition += 1;
    this.fresh = false;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => void this.#check(this.edition), after_ms);
    this.requestUpdate();
  }

  /** @param {number} edition */
  async #check(edition) {
    try {
      const report = await ask("check", noticeOf(this.form), this.lists);
      if (edition !== this.edition) return;
      this.report = report;
      this.fresh = true;
      this.said = null;
    } catch (error) {
      if (edition !== this.edition) return;
      this.#failed(error);
      if (!(error instanceof Refused) || error.after_ms) this.#changed(AGAIN_MS);
    }
    this.requestUpdate();
  }

  /** @param {unknown} error */
  #failed(error) {
    if (error instanceof Refused && error.status === 401) this.allowed = false;
    this.said = error instanceof Refused ? error.said : { zh: t("status.no-house"), en: t("status.no-house") };
  }

  /** @param {string} at @param {unknown} value */
  #put = (at, value) => {
    this.form = withValue(this.form, at, value);
    this.#changed();
  };

  /** @param {string} name @param {File | undefined} file */
  async #take(name, file) {
    if (!file) return;
    if (file.size > LIST_BYTES_MAX) {
      this.said = { zh: t("builder.list.too-big"), en: t("builder.list.too-big") };
      this.requestUpdate();
      return;
    }
    this.lists = { ...this.lists, [name]: { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) } };
    this.#changed();
  }

  /** @param {string} name */
  #drop(name) {
    const { [name]: _, ...others } = this.lists;
    this.lists = others;
    this.#changed();
  }

  async #announce() {
    const digest = this.report?.digest ?? null;
    this.querySelector("dialog")?.close();
    this.busy = true;
    this.requestUpdate();
    try {
      this.announced = await ask("announce", noticeOf(this.form), this.lists, digest);
    } catch (error) {
      this.#failed(error);
    }
    this.busy = false;
    this.requestUpdate();
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector(".done h2"))?.focus();
  }

  render() {
    return html`<lc-bar named="page.builder"></lc-bar>
      <main>${this.allowed ? (this.announced ? this.#done(this.announced) : this.#desk()) : html`<p class="status status-bad" role="alert">${t("builder.no-token")}</p>`}</main>`;
  }

  #desk() {
    const faults = this.report?.faults ?? [];
    const desk = { form: this.form, faults: faults.filter(({ file }) => file === "sale.toml"), change: this.#put };
    return html`<h2 class="title">${t("builder.title")}</h2>
      <div class="presets" role="group" aria-label=${t("builder.presets")}>
        <span class="muted">${t("builder.presets")}</span>
        ${Object.keys(PRESETS).map((name) => html`<button class="button button-small" @click=${() => this.#put("rules", { ...PRESETS[name], opens_at: this.form.rules.opens_at })}>${t(`builder.preset.${name}`)}</button>`)}
      </div>
      <form @submit=${(/** @type {Event} */ event) => event.preventDefault()}>
        ${this.#group("sale", fieldsOf("sale", desk))}
        ${LISTS.map((name) => this.#group(name, this.#list(name)))}
        ${this.#group("conduct", fieldsOf("conduct", desk))}
        ${this.#group("increments", increments(desk))}
        ${this.#group("sight", sight(desk))}
        ${this.#group("bidders", fieldsOf("bidders", desk))}
        ${this.#group("exceptions", fieldsOf("exceptions", desk))}
      </form>
      <aside>${this.#verdict()}${this.#preview()}${this.#summary()}${this.#files()}</aside>
      ${this.#dialog()}`;
  }

  /** @param {string} name @param {unknown} content */
  #group(name, content) {
    return html`<section class="panel group" aria-labelledby="group-${name}"><h2 id="group-${name}">${t(`builder.${name}`)}</h2><div class="group-content">${content}</div></section>`;
  }

  /** @param {string} name */
  #list(name) {
    const faults = this.report?.faults ?? [];
    return listOf(name, {
      list: this.lists[name],
      lines: this.report?.lines[name],
      faults: faults.filter(({ file, field }) => file === `${name}.csv` || field === `sale.${name}`),
      take: (file) => void this.#take(name, file),
      drop: () => this.#drop(name),
      sample: () => save(`${name}.csv`, SAMPLES[name]),
    });
  }

  #verdict() {
    const { report } = this;
    const bad = report?.faults ?? [];
    const ready = this.fresh && report?.digest && !this.busy;
    return html`<section class="panel verdict">
      <h2>${t("builder.verdict")}</h2>
      <div class="group-content">
        <p role="status" class=${bad.length ? "bad" : report ? "good" : "muted"}>${!report ? t("builder.checking") : bad.length ? t("builder.faults", { n: bad.length + report.more }) : t("builder.sound")}</p>
        ${bad.length ? html`<ol class="all-faults">${bad.map((fault) => html`<li>${this.#place(fault)} <span>${inLanguage(fault)}</span></li>`)}</ol>` : nothing}
        ${report?.rules_digest ? html`<dl class="digests"><dt>${t("builder.rules-digest")}</dt><dd class="code rules-digest">${report.rules_digest}</dd><dt>${t("builder.digest")}</dt><dd class="code whole-digest">${report.digest}</dd></dl>` : nothing}
        ${this.said ? html`<p class="fault said" role="alert">${inLanguage(this.said)}</p>` : nothing}
        <button class="button button-main announce" ?disabled=${!ready} @click=${() => this.querySelector("dialog")?.showModal()}>${t("builder.announce")}</button>
      </div>
    </section>`;
  }

  /** Where a fault is; leads there if it is a field. @param {import("./desk.js").Fault} fault */
  #place(fault) {
    const target = fault.field && document.getElementById(fault.field);
    const where = fault.file === "sale.toml" ? fault.field ?? fault.file : [fault.file, fault.line, fault.field].filter((part) => part !== null).join(":");
    return target ? html`<button class="link" @click=${() => target.focus()}>${where}</button>` : html`<b>${where}</b>`;
  }

  #preview() {
    const preview = this.report?.preview;
    if (!preview) return nothing;
    return html`<section class="panel preview">
      <h2>${t("builder.preview")}</h2>
      <dl class="figures">
        <div><dt>${t("builder.lots")}</dt><dd class="number">${preview.lots.length}</dd></div>
        <div><dt>${t("builder.opening")}</dt><dd class="number">${shortYuan(preview.opening_fen)}</dd></div>
        <div><dt>${t("builder.paddle-count")}</dt><dd class="number">${t("builder.paddle-channels", preview.paddles)}</dd></div>
        <div><dt>${t("builder.reserves")}</dt><dd class="number">${preview.reserves}</dd></div>
      </dl>
      ${preview.classes.length ? html`<ul class="classes">${preview.classes.map((one) => html`<li class="badge badge-muted">${inLanguage(one)} <span class="number">${one.lots}</span></li>`)}</ul>` : nothing}
    </section>`;
  }

  #summary() {
    const sheet = this.report?.sheet;
    return sheet ? html`<section class="panel summary"><h2>${t("builder.summary")}</h2><ol class="group-content">${sheetSentences(sheet).map((sentence) => html`<li>${sentence}</li>`)}</ol></section>` : nothing;
  }

  #files() {
    const { report } = this;
    if (!report) return nothing;
    return html`<section class="panel files"><h2>${t("builder.files")}</h2><div class="group-content">
      <p class="choices"><button class="button button-small" @click=${() => save("sale.toml", report.toml)}>sale.toml</button>
      ${LISTS.filter((name) => this.lists[name]).map((name) => html`<button class="button button-small" @click=${() => save(`${name}.csv`, this.lists[name].bytes)}>${name}.csv</button>`)}</p>
      <pre class="code" tabindex="0" aria-label="sale.toml">${report.toml}</pre></div></section>`;
  }

  #dialog() {
    const preview = this.report?.preview;
    return html`<dialog class="sheet" aria-labelledby="announce-title">
      <h2 id="announce-title">${t("builder.announce.title")}</h2>
      ${preview ? html`<p><b>${inLanguage({ zh: this.form.sale.title_zh, en: this.form.sale.title_en })}</b></p>
        <p>${t("builder.announce.what", { lots: preview.lots.length, opening: shortYuan(preview.opening_fen) })}</p>
        <p class="code">${this.report?.digest}</p>` : nothing}
      <p class="warn">${t("builder.announce.warning")}</p>
      <div class="choices">
        <button class="button" autofocus @click=${() => this.querySelector("dialog")?.close()}>${t("cancel")}</button>
        <button class="button button-main confirm" @click=${() => void this.#announce()}>${t("builder.announce")}</button>
      </div>
    </dialog>`;
  }

  /** @param {import("./desk.js").Announced} announced */
  #done({ sale, links }) {
    const at = `/sales/${encodeURIComponent(sale)}`;
    return html`<section class="panel group done"><h2 tabindex="-1">${t("builder.done")}</h2><div class="group-content">
      <p class="choices"><a class="button button-main" href="${at}/hall">${t("page.hall")}</a><a class="button" href="${at}/record">${t("page.record")}</a></p>
      <p class="warn">${t("builder.done.links")}</p>
      <ul class="links">${links.map(({ role, principal, path, token }) => html`<li><label><span>${t(`builder.role.${role}`)} <small>${principal}</small></span><input readonly class="code" .value=${`${location.origin}${path}#token=${token}`} @focus=${(/** @type {Event} */ event) => /** @type {HTMLInputElement} */ (event.target).select()}></label></li>`)}</ul>
      <p><button class="button" @click=${() => location.reload()}>${t("builder.done.another")}</button></p>
    </div></section>`;
  }
}

/** Hands a file to the person. @param {string} name @param {string | Uint8Array} content */
function save(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (content)]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), AGAIN_MS);
}

await start("lc-builder", Builder);
