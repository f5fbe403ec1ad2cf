// @ts-check
/**
 * Plots as plain SVG: they print as they stand, need no library, and are told apart without colour (the hall is hatched). Each says in words what it
 * shows; the numbers stand in a table beside it, where they can be followed with the keyboard.
 */

import { html, nothing, svg } from "../vendor/lit.js";
import { percent, scaleFor } from "./scales.js";

/** Sizes of the drawing, in units of its own: a wide plot, and one of two side by side. */
const SIZES = { wide: { width: 720, height: 240, left: 76 }, half: { width: 440, height: 200, left: 62 } };

const BOTTOM = 28;
const TOP = 18;
const RIGHT = 8;

const SHARE_WIDTH = 480;
const SHARE_LEFT = 76;
const SHARE_PITCH = 32;

/** Of one character of a label, and between two labels. */
const LABEL_WIDTH = 8.5;
const LABEL_GAP = 12;

/**
 * @typedef {{label: string, value: number, part?: number, text?: string, title: string, hatched?: boolean, best?: boolean, open?: () => void}} Bar
 *   `part` of `value` is drawn darker from the ground up; `text` stands on top
 */

/**
 * Upright bars side by side over a scale of round numbers.
 * @param {{says: string, bars: Bar[], scale: (value: number) => string, size?: keyof typeof SIZES}} plot
 */
export function barPlot({ says, bars, scale, size = "wide" }) {
  const { width, height, left } = SIZES[size];
  const { most, parts } = scaleFor(Math.max(0, ...bars.map(({ value }) => value)));
  const ground = height - BOTTOM;
  const reach = width - left - RIGHT;
  const y = (/** @type {number} */ value) => ground - (value / most) * (ground - TOP);
  const pitch = reach / Math.max(1, bars.length);
  const wide = Math.max(1, Math.min(48, pitch * 0.78));
  const longest = Math.max(0, ...bars.map(({ label }) => label.length)) * LABEL_WIDTH + LABEL_GAP;
  const every = Math.ceil((bars.length * longest) / reach);
  const ticks = Array.from({ length: parts + 1 }, (_, tick) => (tick * most) / parts);
  return html`<div class="plot-scroll" tabindex="0" role="group" aria-label=${says}><svg class="plot plot-${size}" viewBox="0 0 ${width} ${height}" role="img" aria-label=${says}>
    ${hatches()}
    ${ticks.map((tick) => svg`<line class="plot-grid" x1=${left} x2=${width - RIGHT} y1=${y(tick)} y2=${y(tick)} />
      <text class="plot-scale" x=${left - 8} y=${y(tick) + 4}>${scale(tick)}</text>`)}
    ${bars.map((bar, at) => {
      const x = left + at * pitch + (pitch - wide) / 2;
      return svg`<g class=${`plot-bar ${bar.open ? "plot-open" : ""} ${bar.best ? "plot-best" : ""}`} @click=${bar.open ?? nothing}>
        <title>${bar.title}</title>
        <rect class="plot-reach" x=${left + at * pitch} y=${TOP} width=${pitch} height=${ground - TOP} />
        <rect class=${bar.hatched ? "plot-hall" : "plot-online"} x=${x} y=${y(bar.value)} width=${wide} height=${ground - y(bar.value)} />
        ${bar.part ? svg`<rect class="plot-part" x=${x} y=${y(bar.part)} width=${wide} height=${ground - y(bar.part)} />` : nothing}
        ${bar.text ? svg`<text class="plot-value" x=${x + wide / 2} y=${y(bar.value) - 4}>${bar.text}</text>` : nothing}
        ${at % every === 0 ? svg`<text class="plot-label" x=${x + wide / 2} y=${height - 10}>${bar.label}</text>` : nothing}
      </g>`;
    })}
    <line class="plot-ground" x1=${left} x2=${width - RIGHT} y1=${ground} y2=${ground} />
  </svg></div>`;
}

/**
 * Lying bars, each divided between hall and online.
 * @param {{says: string, rows: {label: string, hall: number, online: number}[]}} plot
 */
export function sharePlot({ says, rows }) {
  const reach = SHARE_WIDTH - SHARE_LEFT - RIGHT;
  return html`<div class="plot-scroll" tabindex="0" role="group" aria-label=${says}><svg class="plot plot-shares" viewBox="0 0 ${SHARE_WIDTH} ${rows.length * SHARE_PITCH + 4}" role="img" aria-label=${says}>
    ${hatches()}
    ${rows.map(({ label, hall, online }, at) => {
      const whole = hall + online;
      const width = whole ? (hall / whole) * reach : 0;
      const y = at * SHARE_PITCH + 4;
      return svg`<text class="plot-row" x=${SHARE_LEFT - 8} y=${y + 18}>${label}</text>
        <rect class="plot-empty" x=${SHARE_LEFT} y=${y} width=${reach} height="25" />
        ${hall ? svg`<rect class="plot-hall" x=${SHARE_LEFT} y=${y} width=${width} height="25" />` : nothing}
        ${online ? svg`<rect class="plot-online" x=${SHARE_LEFT + width} y=${y} width=${reach - width} height="25" />` : nothing}
        ${hall ? svg`<text class="plot-on-hall" x=${SHARE_LEFT + 8} y=${y + 18}>${percent(hall, whole)}</text>` : nothing}
        ${online ? svg`<text class="plot-on-online" x=${SHARE_WIDTH - RIGHT - 8} y=${y + 18}>${percent(online, whole)}</text>` : nothing}`;
    })}
  </svg></div>`;
}

function hatches() {
  return svg`<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <rect class="hatch-ground" width="6" height="6" /><line class="hatch-line" x1="0" y1="0" x2="0" y2="6" />
  </pattern></defs>`;
}

/** What is hatched and what is not. @param {string} hall @param {string} online */
export function legend(hall, online) {
  return html`<p class="legend">
    <svg viewBox="0 0 18 18" aria-hidden="true">${hatches()}<rect class="plot-hall" width="18" height="18" /></svg>${hall}
    <svg viewBox="0 0 18 18" aria-hidden="true"><rect class="plot-online" width="18" height="18" /></svg>${online}
  </p>`;
}
