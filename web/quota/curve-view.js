// @ts-check
/**
 * How the cut-off price ran, drawn as plain SVG in a box that never changes its size; what it shows is said in words beside. Draws itself twice a
 * second, so that the page around it rests.
 */

import { html, nothing, svg } from "../vendor/lit.js";
import { t } from "../shared/i18n.js";
import { shortYuan } from "../shared/money.js";
import { Ticking } from "../shared/ticking.js";
import { timeText } from "../shared/words.js";
import { drawn, traced } from "./curve.js";

/** Sizes of the drawing, in units of its own. */
const SIZES = {
  desk: { width: 480, height: 200, left: 74, right: 12, top: 14, bottom: 26 },
  strip: { width: 760, height: 170, left: 86, right: 12, top: 14, bottom: 28 },
  wall: { width: 480, height: 250, left: 66, right: 10, top: 12, bottom: 22 },
};

export class Curve extends Ticking {
  static every_ms = 500;
  static properties = { store: { attribute: false }, connection: { attribute: false }, of: { type: String }, size: { type: String }, own_fen: { attribute: false } };

  constructor() {
    super();
    /** @type {import("../shared/store.js").Store | null} */
    this.store = null;
    /** The class whose price it is. */
    this.of = "";
    /** @type {keyof typeof SIZES} */
    this.size = "desk";
    /** One's own standing offer, drawn as a line. @type {number | null} */
    this.own_fen = null;
  }

  render() {
    const { store, connection } = this;
    if (!store || !connection) return nothing;
    const { width, height, ...inset } = SIZES[this.size];
    const box = { left: inset.left, right: width - inset.right, top: inset.top, bottom: height - inset.bottom };
    const drawing = drawn(store, this.of, connection.clock.house_us());
    const says = drawing ? curveSays(drawing) : t("curve.none");
    return html`<svg class="curve curve-${this.size}" viewBox="0 0 ${width} ${height}" role="img" aria-label=${says}>
      ${drawing ? this.#drawing(drawing, box) : svg`<text class="curve-empty" x=${width / 2} y=${height / 2}>${t("curve.none")}</text>`}
    </svg>`;
  }

  /** @param {import("./curve.js").Drawn} drawing @param {{left: number, right: number, top: number, bottom: number}} box */
  #drawing(drawing, box) {
    const { path, x, y } = traced(drawing, box);
    const [at_us, fen] = drawing.points[drawing.points.length - 1];
    const own = this.own_fen !== null && this.own_fen >= drawing.least_fen && this.own_fen <= drawing.most_fen ? this.own_fen : null;
    const every = Math.ceil(drawing.ticks_us.length / 4);
    return svg`
      ${drawing.ticks_fen.map((tick) => svg`<line class="curve-grid" x1=${box.left} x2=${box.right} y1=${y(tick)} y2=${y(tick)} />
        <text class="curve-price" x=${box.left - 6} y=${y(tick) + 4}>${shortYuan(tick)}</text>`)}
      ${drawing.ticks_us.map((tick, at) => svg`<line class="curve-grid" x1=${x(tick)} x2=${x(tick)} y1=${box.bottom} y2=${box.bottom + 4} />
        ${at % every === 0 && x(tick) > box.left + 8 && x(tick) < box.right - 20 ? svg`<text class="curve-time" x=${x(tick)} y=${box.bottom + 18}>${clock(tick, drawing)}</text>` : nothing}`)}
      ${own === null ? nothing : svg`<line class="curve-own" x1=${box.left} x2=${box.right} y1=${y(own)} y2=${y(own)} />`}
      <line class="curve-ground" x1=${box.left} x2=${box.right} y1=${box.bottom} y2=${box.bottom} />
      <path class="curve-line" d=${path} />
      <circle class="curve-now" cx=${x(at_us)} cy=${y(fen)} r="5" />`;
  }
}

/** @param {number} us @param {import("./curve.js").Drawn} drawing */
function clock(us, { from_us, until_us }) {
  return until_us - from_us > 300_000_000 ? timeText(us).slice(0, 5) : timeText(us);
}

/** What a curve shows, for those who do not see it. @param {import("./curve.js").Drawn} drawing */
export function curveSays({ points, near }) {
  const prices = points.map(([, fen]) => fen);
  const [first_us, first_fen] = points[0];
  const [last_us, last_fen] = points[points.length - 1];
  return t(near ? "curve.says-near" : "curve.says", {
    from: timeText(first_us),
    first: shortYuan(first_fen),
    until: timeText(last_us),
    last: shortYuan(last_fen),
    least: shortYuan(Math.min(...prices)),
    most: shortYuan(Math.max(...prices)),
  });
}

customElements.define("lc-curve", Curve);
