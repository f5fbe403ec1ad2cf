// @ts-check
/**
 * A licence plate, drawn as it hangs on the car: small car, 440 × 140 mm, white on blue; eight characters are the green plate of new-energy cars,
 * 480 × 140 mm. Scales with its box. What cannot be a plate is shown as plain text.
 */

import { LitElement, html, nothing, svg } from "../vendor/lit.js";
import { GLYPHS } from "./glyphs.js";

const CHARACTER = 45;
const GAP = 12;
const DOT_GAP = 34;

export class Plate extends LitElement {
  static properties = { plate: { type: String } };

  constructor() {
    super();
    this.plate = "";
  }

  createRenderRoot() {
    return this;
  }

  render() {
    const characters = [...this.plate.replace(/[·•\s]/g, "")];
    if (characters.length < 7 || characters.length > 8) return html`<span class="plate-text">${this.plate}</span>`;
    const green = characters.length === 8;
    const width = green ? 480 : 440;
    return html`<svg class=${green ? "plate plate-green" : "plate"} viewBox="0 0 ${width} 140" role="img" aria-label=${spoken(characters)}>
      <defs>
        <linearGradient id="plate-green" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stop-color="#eef7ee" />
          <stop offset="1" stop-color="#45b87a" />
        </linearGradient>
      </defs>
      <rect class="plate-ground" x="0.5" y="0.5" width=${width - 1} height="139" rx="10" />
      <rect class="plate-rim" x="4.5" y="4.5" width=${width - 9} height="131" rx="7" />
      ${[110, width - 110].map((x) => svg`<rect class="plate-hole" x=${x - 9} y="11" width="18" height="7" rx="3.5" />`)}
      ${characters.map((character, i) => glyph(character, left(i, green)))}
      ${green ? nothing : svg`<circle class="plate-dot" cx=${15.5 + 2 * CHARACTER + GAP + DOT_GAP / 2} cy="70" r="5.5" />`}
    </svg>`;
  }
}

/**
 * @param {number} index
 * @param {boolean} green
 */
function left(index, green) {
  if (green) return 14 + index * (CHARACTER + 9) + (index > 1 ? 29 : 0);
  return 15.5 + index * (CHARACTER + GAP) + (index > 1 ? DOT_GAP - GAP : 0);
}

/**
 * @param {string} character
 * @param {number} x
 */
function glyph(character, x) {
  const strokes = GLYPHS[character];
  if (strokes) return svg`<path class="plate-stroke" d=${strokes} transform="translate(${x} 25)" />`;
  return svg`<text class="plate-han" transform="translate(${x + CHARACTER / 2} 104) scale(0.55 1.04)">${character}</text>`;
}

/** @param {string[]} characters */
function spoken(characters) {
  return `${characters.slice(0, 2).join("")}·${characters.slice(2).join("")}`;
}

customElements.define("lc-plate", Plate);
