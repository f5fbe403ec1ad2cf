// @ts-check
/** How the house stands on its machines: each room's epoch and record, in how many copies it is kept, and whether gateways have it. */

import { html, nothing, repeat } from "../vendor/lit.js";
import { getJson } from "../shared/house.js";
import { inLanguage, t } from "../shared/i18n.js";
import { PlainPage } from "../shared/plain-page.js";
import { start } from "../shared/start.js";
import { exactTimeText } from "../shared/words.js";
import { carrierKeys, copyKeys } from "./standing.js";

/** @typedef {import("./standing.js").State} State @typedef {import("./standing.js").Room} Room @typedef {import("./standing.js").Carrier} Carrier */

class ClusterPage extends PlainPage {
  static properties = { state: { state: true } };
  static named = "page.cluster";
  static refreshes = true;
  static every_ms = 3_000;

  constructor() {
    super();
    /** @type {State | null} */
    this.state = null;
  }

  async load() {
    this.state = await getJson("/api/cluster");
  }

  render() {
    const { state } = this;
    return html`<lc-bar named="page.cluster"></lc-bar>
      <main>
        ${this.unanswered()}
        ${state ? html`${this.#head(state)}${this.#rooms(state)}${this.#carriers(state)}` : nothing}
      </main>`;
  }

  /** @param {State} state */
  #head({ at_us, here }) {
    return html`<section class="panel about" aria-labelledby="about">
      <h2 id="about">${t(`cluster.here.${here}`)}</h2>
      <p class="muted">${t("cluster.lead")}</p>
      <p class=${this.failed ? "as-of as-of-stale" : "as-of"} role="status">${t(this.failed ? "board.as-of-stale" : "board.as-of", { at: exactTimeText(at_us) })}</p>
    </section>`;
  }

  /** @param {State} state */
  #rooms({ rooms }) {
    return html`<section class="panel" aria-labelledby="rooms">
      <h2 id="rooms">${t("cluster.rooms")}</h2>
      ${rooms.length ? nothing : html`<p class="none">${t("cluster.no-rooms")}</p>`}
      <ul>${repeat(rooms, (room) => room.id, (room) => this.#room(room))}</ul>
    </section>`;
  }

  /** @param {Room} room */
  #room({ id, title, phase, epoch, seq, head, halted, gateways, standby }) {
    const copies = copyKeys(standby);
    return html`<li class="room">
      <h3><a href="/sales/${encodeURIComponent(id)}/record">${inLanguage(title)}</a> <span class="badge badge-muted">${t(`phase.${phase}`)}</span>
        ${halted === null ? nothing : html`<span class="badge badge-bad">${t("cluster.halted", { code: halted })}</span>`}</h3>
      <dl>
        <div><dt>${t("cluster.copies")}</dt><dd><span class="badge ${copies.badge}">${t(copies.says)}</span>${standby?.behind ? html` ${t("copies.behind", { n: standby.behind })}` : nothing}</dd></div>
        <div><dt>${t("cluster.epoch")}</dt><dd class="number">${epoch}</dd></div>
        <div><dt>${t("cluster.seq")}</dt><dd class="number">${seq}</dd></div>
        <div><dt>${t("cluster.gateways")}</dt><dd class="number">${gateways ?? "—"}</dd></div>
        <div><dt>${t("cluster.head")}</dt><dd class="code" title=${head}>${head.slice(0, 16)}…</dd></div>
      </dl>
    </li>`;
  }

  /** @param {State} state */
  #carriers({ carriers }) {
    return html`<section class="panel" aria-labelledby="carriers">
      <h2 id="carriers">${t("cluster.carriers")}</h2>
      ${carriers.length ? nothing : html`<p class="none">${t("cluster.no-carriers")}</p>`}
      <ul>${carriers.map((carrier) => this.#carrier(carrier))}</ul>
    </section>`;
  }

  /** @param {Carrier} carrier */
  #carrier(carrier) {
    const { badge, says } = carrierKeys(carrier);
    return html`<li class="carrier"><span>${t(`cluster.carrier.${carrier.kind}`)}</span> <span class="badge ${badge}">${t(says)}</span>
      ${carrier.code === null ? nothing : html`<span class="code">${carrier.code}</span>`}</li>`;
  }
}

await start("lc-cluster", ClusterPage);
