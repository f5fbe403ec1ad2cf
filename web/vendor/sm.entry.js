// What sealing uses of sm-crypto-v2 and of the noble curves below it. `npm run vendor` bundles it into sm.js, once.
export { sm3, sm4 } from "sm-crypto-v2";
export { weierstrassN } from "@noble/curves/abstract/weierstrass.js";
