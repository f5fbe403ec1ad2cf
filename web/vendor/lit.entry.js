// What the pages use of Lit. `npm run vendor` bundles it into lit.js, once.
export { LitElement, html, svg, nothing } from "lit";
export { classMap } from "lit/directives/class-map.js";
export { keyed } from "lit/directives/keyed.js";
export { live } from "lit/directives/live.js";
export { repeat } from "lit/directives/repeat.js";
