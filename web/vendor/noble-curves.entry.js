// What sealing uses of the noble curves. `npm run vendor` bundles it into noble-curves.js, once.
export { weierstrassN } from "@noble/curves/abstract/weierstrass.js";
