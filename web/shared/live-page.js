// @ts-check
/**
 * What every page that follows a sale has: a store, a connection, one drawing per picture of the screen, the sentence of the moment, and keys.
 */

import { LitElement } from "../vendor/lit.js";
import { Acts } from "./acts.js";
import { heldToken, saleOf, takeToken } from "./address.js";
import { heralded } from "./herald.js";
import { connectionTo } from "./house.js";
import { inLanguage, languages, t } from "./i18n.js";
import { listenToKeys } from "./keys.js";
import { askerOf } from "./socket.js";
import { Store } from "./store.js";
import { eventText } from "./words.js";

/** Stays on screen until the house is back. */
const HALTED = "E_ENGINE_HALTED_STORAGE";

/** Notices about the connection that a person can do nothing about. */
const UNSAID = new Set(["E_RESYNC_REQUIRED", "E_RATE_LIMITED", "E_EVICTED", "E_CLOSING"]);

const REFUSED_SHOWN_MS = 8_000;

/** So many things that happened at once are told together: a bid, and that it cancelled the calls. */
const TOLD_MAX = 2;

export class LivePage extends LitElement {
  /** Whether the page needs a token. */
  static personal = false;

  /** Locale key of the page's name. */
  static named = "";

  constructor() {
    super();
    this.sale = saleOf();
    const { personal } = /** @type {typeof LivePage} */ (this.constructor);
    takeToken(this.sale);
    this.store = new Store();
    this.connection = connectionTo(this.sale, this.store, { ticket: personal });
    /** @type {Acts | null} */
    this.acts = null;
    /** What happened last and is worth a sentence. @type {import("./frames.js").Event[]} */
    this.latest = [];
    /** @type {import("./frames.js").Frame | null} */
    this.notice = null;
    /** The newest refusal, for as long as a person needs to read it. @type {import("./frames.js").Refusal | null} */
    this.refused = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.refusedUntil = undefined;
    this.hasToken = !personal || heldToken(this.sale) !== null;
    this.#listen();
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    listenToKeys(() => [...this.keys(), { key: "?", says: "keys.help", run: () => this.help() }]);
    void this.connection.connect();
  }

  /** The page's keys, as they stand now. @returns {import("./keys.js").Key[]} */
  keys() {
    return [];
  }

  help() {
    const sheet = /** @type {import("./help.js").Help | null} */ (this.querySelector("lc-help"));
    sheet?.show();
  }

  /** What a screen reader must hear at once, whatever it is reading. Told from the picture alone. */
  get heralded() {
    return heralded(this.store.block);
  }

  /** Draws at most once per picture of the screen, however many frames came. */
  async scheduleUpdate() {
    if (document.visibilityState === "visible") await new Promise((resolve) => requestAnimationFrame(resolve));
    super.scheduleUpdate();
  }

  updated() {
    const { sale } = this.store;
    const name = t(/** @type {typeof LivePage} */ (this.constructor).named);
    document.title = sale ? `${name} · ${inLanguage(sale.title)}` : `${name} · ${t("house")}`;
    document.body.dataset.connection = this.connection.state;
  }

  #listen() {
    this.store.on("change", ({ frame, before }) => {
      if (frame.type === "record" && this.notice?.code !== HALTED) this.notice = null;
      const told = (frame.events ?? []).filter(eventText);
      if (told.length) this.latest = told.slice(-TOLD_MAX);
      this.changed(frame, before);
      this.requestUpdate();
    });
    this.connection.on("state", () => this.requestUpdate());
    this.connection.on("notice", (notice) => {
      if (UNSAID.has(notice.code)) return;
      this.notice = notice;
      this.requestUpdate();
    });
    this.connection.on("welcomed", (welcome) => {
      this.notice = null;
      this.acts = new Acts(localStorage, this.sale, askerOf(welcome));
    });
    this.connection.on("asked", (asked) => {
      this.showRefusal(null);
      this.#act((acts) => acts.asked(asked));
    });
    this.connection.on("news", ({ id, news }) => {
      if (news.refusal) this.showRefusal(news.refusal);
      this.#act((acts) => acts.news(id, news));
    });
    addEventListener("storage", () => this.#act((acts) => acts.read()));
    languages.on("change", () => this.requestUpdate());
    addEventListener("hashchange", () => {
      if (!takeToken(this.sale)) return;
      this.hasToken = true;
      void this.connection.connect();
    });
  }

  /** Shows a refusal for a while, or no longer. @param {import("./frames.js").Refusal | null} refusal */
  showRefusal(refusal) {
    clearTimeout(this.refusedUntil);
    this.refused = refusal;
    if (!refusal) return;
    this.refusedUntil = setTimeout(() => {
      this.refused = null;
      this.requestUpdate();
    }, REFUSED_SHOWN_MS);
  }

  /** @param {(acts: Acts) => void} change */
  #act(change) {
    if (this.acts) change(this.acts);
    this.requestUpdate();
  }

  /**
   * For pages that show moments.
   * @param {import("./frames.js").Frame} _frame
   * @param {import("./store.js").Parts} _before
   */
  changed(_frame, _before) {}
}
