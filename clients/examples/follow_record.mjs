// Follow the public record and check it as it grows: every digest, the chain, every signature.
//
//     node clients/examples/follow_record.mjs http://localhost:8000 plates-4 [KEY]
//
// KEY is the house's public key from the printed notice. Without it, the word of the house is taken.

import { setTimeout as sleep } from "node:timers/promises";
import { Chain } from "../../web/shared/chain.js";

const [url, sale, key] = process.argv.slice(2);
const at = `${url}/api/sales/${sale}`;
const read = async (/** @type {string} */ path) => (await fetch(at + path)).json();

let about = await read("");
const chain = new Chain(sale, key ?? about.key);
let seq = 0;
for (;;) {
  while (seq < about.seq) {
    const { records, commits } = await read(`/record?after=${seq}`);
    await chain.extend(records, commits);
    if (chain.broken) {
      console.log(`record ${chain.broken.seq} does not hold: ${chain.broken.rule}`);
      process.exit(1);
    }
    seq = chain.seq;
    console.log("checked up to record", seq);
  }
  if (about.phase === "closed") break;
  await sleep(1000);
  about = await read("");
}
console.log(`the record holds: ${chain.records} records, ${chain.commits} commits, ${chain.signed} signatures checked, head ${chain.head}`);
