// What sealing uses of the noble ciphers. `npm run vendor` bundles it into noble-ciphers.js, once.
export { ghash } from "@noble/ciphers/_polyval.js";
