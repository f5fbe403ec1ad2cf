// @ts-check
/** The window around the cut-off price, with one's own offer in it: drawn, and said in words below. Always the same height. */

import { html, nothing, svg } from "../vendor/lit.js";
import { t } from "../shared/i18n.js";
import { shortYuan } from "../shared/money.js";
import { placed } from "./reach.js";
import { orDash } from "./words.js";

const WIDTH = 400;
const LEFT = 12;
const RIGHT = 388;
const LINE = 46;

/**
 * @param {{least_fen: number | null, most_fen: number | null, cutoff_fen: number | null, own_fen: number | null, typed_fen: number | null}} known
 *   the bounds of what may be offered now
 * @param {string} unbounded what is said where there is no window to draw
 */
export function reachView({ least_fen, most_fen, cutoff_fen, own_fen, typed_fen }, unbounded) {
  const bounded = least_fen !== null && most_fen !== null && most_fen > least_fen;
  const says = bounded ? t("reach.says", { least: shortYuan(least_fen), most: shortYuan(most_fen), cutoff: orDash(cutoff_fen), own: orDash(own_fen) }) : unbounded;
  return html`<figure class="reach">
    <svg viewBox="0 0 ${WIDTH} 84" role="img" aria-label=${says}>
      ${bounded ? marks({ least_fen, most_fen }, cutoff_fen, own_fen, typed_fen) : svg`<text class="reach-empty" x=${WIDTH / 2} y=${LINE}>${unbounded}</text>`}
    </svg>
  </figure>`;
}

/**
 * @param {{least_fen: number, most_fen: number}} window
 * @param {number | null} cutoff_fen
 * @param {number | null} own_fen
 * @param {number | null} typed_fen
 */
function marks(window, cutoff_fen, own_fen, typed_fen) {
  const x = (/** @type {number} */ fen) => LEFT + placed(window, fen).at * (RIGHT - LEFT);
  const [least_x, most_x] = [x(window.least_fen), x(window.most_fen)];
  return svg`
    <line class="reach-line" x1=${LEFT} x2=${RIGHT} y1=${LINE} y2=${LINE} />
    <rect class="reach-band" x=${least_x} y=${LINE - 9} width=${most_x - least_x} height="18" />
    <text class="reach-bound" x=${least_x} y="80">${shortYuan(window.least_fen)}</text>
    <text class="reach-bound" x=${most_x} y="80">${shortYuan(window.most_fen)}</text>
    ${cutoff_fen === null ? nothing : svg`<line class="reach-cutoff" x1=${x(cutoff_fen)} x2=${x(cutoff_fen)} y1=${LINE - 14} y2=${LINE + 14} />
      <text class="reach-name" x=${x(cutoff_fen)} y=${LINE + 27}>${t("reach.cutoff")}</text>`}
    ${typed_fen === null ? nothing : svg`<circle class="reach-typed" cx=${x(typed_fen)} cy=${LINE} r="8" />`}
    ${own_fen === null ? nothing : own(window, own_fen, x(own_fen))}`;
}

/** @param {{least_fen: number, most_fen: number}} window @param {number} fen @param {number} x */
function own(window, fen, x) {
  const { beyond } = placed(window, fen);
  const anchor = x < 70 ? "start" : x > WIDTH - 70 ? "end" : "middle";
  return svg`<circle class="reach-own" cx=${x} cy=${LINE} r="7" />
    <text class="reach-own-name" x=${anchor === "middle" ? x : anchor === "start" ? 4 : WIDTH - 4} y="22" text-anchor=${anchor}>${beyond < 0 ? "◂ " : ""}${t("reach.own", { amount: shortYuan(fen) })}${beyond > 0 ? " ▸" : ""}</text>`;
}
