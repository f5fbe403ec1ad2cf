// @ts-check
/** One figure over all months as plain SVG: lines that break where a month is missing, and a mark at the month that is looked at. */

import { html, nothing, svg } from "../vendor/lit.js";
import { scaleFor } from "../figures/scales.js";
import { across, marks, nearest, runs } from "./months.js";

const WIDTH = 440;
const HEIGHT = 200;
const LEFT = 62;
const RIGHT = 12;
const TOP = 14;
const BOTTOM = 28;

/**
 * @template {{month: string, doubt?: string | null}} T
 * @param {{says: string, months: T[], lines: {of: (month: T) => number, dashed?: boolean}[], scale: (value: number) => string, at?: number, choose?: (at: number) => void}} plot
 *   the first line lies on top; `at` is the month looked at, if one can be chosen
 */
export function coursePlot({ says, months, lines, scale, at = -1, choose }) {
  const { most, parts } = scaleFor(Math.max(...lines.flatMap(({ of }) => months.map(of))));
  const ground = HEIGHT - BOTTOM;
  const x = (/** @type {number} */ share) => LEFT + share * (WIDTH - LEFT - RIGHT);
  const y = (/** @type {number} */ value) => ground - (value / most) * (ground - TOP);
  const looked = months[at];
  const ticks = Array.from({ length: parts + 1 }, (_, tick) => (tick * most) / parts);
  const pointed = (/** @type {MouseEvent} */ event) => {
    const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    const share = (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT);
    choose?.(nearest(months, Math.min(1, Math.max(0, share))));
  };
  return html`<div class="plot-scroll"><svg class="plot plot-half course" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${says} @click=${pointed}>
    ${ticks.map((tick) => svg`<line class="plot-grid" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${y(tick)} y2=${y(tick)} />
      <text class="plot-scale" x=${LEFT - 8} y=${y(tick) + 4}>${scale(tick)}</text>`)}
    ${marks(months).map(({ text, x: share }) => svg`<line class="plot-grid" x1=${x(share)} x2=${x(share)} y1=${ground} y2=${ground + 5} />
      <text class=${share === 1 ? "plot-label plot-label-last" : "plot-label"} x=${x(share)} y=${HEIGHT - 8}>${text}</text>`)}
    ${lines.toReversed().map(({ of, dashed }) => runs(months, of).map((run) => svg`<path class=${dashed ? "course-line course-dashed" : "course-line"} d=${path(run.map((point) => [x(point.x), y(point.value)]))} />`))}
    ${lines.flatMap(({ of, dashed }) => runs(months, of).filter((run) => run.length === 1).map(([{ x: share, value }]) => svg`<circle class=${dashed ? "course-alone course-alone-dashed" : "course-alone"} cx=${x(share)} cy=${y(value)} r="2.5" />`))}
    ${months.filter(({ doubt }) => doubt).map((month) => svg`<circle class="course-doubt" cx=${x(across(months, month))} cy=${y(lines[0].of(month))} r="5"><title>${month.month}</title></circle>`)}
    <line class="plot-ground" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${ground} y2=${ground} />
    ${looked
      ? svg`<line class="course-at" x1=${x(across(months, looked))} x2=${x(across(months, looked))} y1=${TOP - 6} y2=${ground} />
        ${lines.map(({ of }) => svg`<circle class="course-point" cx=${x(across(months, looked))} cy=${y(of(looked))} r="4" />`)}`
      : nothing}
  </svg></div>`;
}

/** @param {number[][]} points */
function path(points) {
  return points.map(([x, y], at) => `${at ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}
