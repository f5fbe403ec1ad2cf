// @ts-check
/**
 * The screen on the wall: what is sold, at what price, to whom, and how near the hammer is. Reads from ten metres; shows nothing private. All but
 * a word that fades is told from the picture and the clock of the house: a screen switched on late shows what all the others show.
 */

import { html, nothing } from "../vendor/lit.js";
import { stayAwake } from "../shared/awake.js";
import { spoken, t } from "../shared/i18n.js";
import { LivePage } from "../shared/live-page.js";
import { moments } from "../shared/moments.js";
import { start } from "../shared/start.js";
import { staleLine, statusLine } from "../shared/status.js";
import { hangOnTheWall, toggleFullScreen } from "./kiosk.js";
import { line } from "./lines.js";
import { floor, sealed, strip } from "./screen.js";
import { sentence } from "./sentence.js";
import { staleSince } from "./stale.js";
import { Voice } from "./voice.js";

/** Nobody is there to open another link, so a house that does not let us in is asked again. */
const AGAIN_MS = 15_000;
const WORD_SHOWN_MS = 4_000;
const LOOKS_EVERY_MS = 1_000;

class Hall extends LivePage {
  static named = "page.hall";

  /** What was just said and fades, as a locale key: why the calls were taken back. */
  #word = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #fade;
  #voice = new Voice({ speech: globalThis.speechSynthesis, make: utterance, timer });

  connectedCallback() {
    super.connectedCallback();
    setInterval(() => this.requestUpdate(), LOOKS_EVERY_MS);
    this.connection.on("state", (state) => state === "shut" && setTimeout(() => void this.connection.connect(), AGAIN_MS));
    globalThis.speechSynthesis?.addEventListener("voiceschanged", () => this.requestUpdate());
  }

  keys() {
    return [
      { key: "f", says: "keys.fullscreen", run: toggleFullScreen },
      { key: "v", says: "keys.voice", run: () => this.#turnVoice() },
    ];
  }

  /**
   * @param {import("../shared/frames.js").Frame} frame
   * @param {import("../shared/store.js").Parts} before
   */
  changed(frame, before) {
    const { block } = this.store;
    if (frame.type !== "record" || !block) return;
    const told = moments(before.block, block);
    if (told.includes("called") || told.includes("opened")) this.#show("");
    if (told.includes("cancelled")) this.#show(told.includes("bid") ? "calls.cancelled" : "calls.anew");
    if (told.length) this.#voice.tell(line(told, block), spoken());
  }

  /** @param {string} word */
  #show(word) {
    clearTimeout(this.#fade);
    this.#word = word;
    if (!word) return;
    this.#fade = setTimeout(() => {
      this.#word = "";
      this.requestUpdate();
    }, WORD_SHOWN_MS);
  }

  #turnVoice() {
    if (this.#voice.has(spoken())) this.#voice.turn(!this.#voice.on);
    this.requestUpdate();
  }

  render() {
    const { store, connection } = this;
    const since_us = staleSince(connection, connection.clock.now_us());
    return html`<lc-bar .page=${this} named="page.hall"></lc-bar>
      ${since_us === null ? statusLine(this, sentence(store)) : staleLine(this, since_us)}
      <main class=${since_us === null ? "floor" : "floor stale"}>${floor(store, connection, this.#word)}</main>
      ${strip(store)}
      ${this.#seal()}
      <lc-help .keys=${this.keys()}></lc-help>`;
  }

  #checkpoint() {
    const { size = 0, root = "", witnessed = 0, witnesses = 0 } = this.store.checkpoint ?? {};
    return html`<span>${t("hall.checkpoint")} <span class="code">${size ? `${size} · ${root.slice(0, 16)}` : "—"}</span>${witnesses ? html` <span>${t("hall.witnessed", { n: witnesses, size: witnessed })}</span>` : nothing}</span>`;
  }

  #seal() {
    const able = this.#voice.has(spoken());
    return html`<footer class="seal">
      ${sealed(this.store)}
      ${this.#checkpoint()}
      <span class="seal-hint">
        <button class="link" aria-pressed=${this.#voice.on} ?disabled=${!able} @click=${() => this.#turnVoice()}><kbd>v</kbd> ${t(able ? (this.#voice.on ? "voice.on" : "voice.off") : "voice.none")}</button>
        <button class="link" @click=${() => this.help()}><kbd>?</kbd> ${t("keys.title")}</button>
        <button class="link" @click=${toggleFullScreen}><kbd>f</kbd> ${t("keys.fullscreen")}</button>
      </span>
    </footer>`;
  }
}

const timer = {
  /**
   * @param {number} ms
   * @param {() => void} run
   */
  after(ms, run) {
    const id = setTimeout(run, ms);
    return () => clearTimeout(id);
  },
};

/**
 * @param {string} text
 * @param {string} lang
 * @param {() => void} done
 */
function utterance(text, lang, done) {
  const said = new SpeechSynthesisUtterance(text);
  said.lang = lang;
  said.voice = speechSynthesis.getVoices().find((voice) => voice.lang.toLowerCase().startsWith(lang.slice(0, 2))) ?? null;
  said.onend = said.onerror = done;
  return said;
}

stayAwake();
hangOnTheWall(document);
await start("lc-hall", Hall);
