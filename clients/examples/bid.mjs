// Bid what is asked for the lot on the block, and check the receipt.
//
//     node clients/examples/bid.mjs http://localhost:8000 plates-4 paddle-8.token

import { readFileSync, writeFileSync } from "node:fs";
import { checkReceipt } from "../../web/shared/receipt.js";
import { join } from "../js/house.mjs";

const [url, name, tokenFile] = process.argv.slice(2);
const sale = await join(url, name, { token: readFileSync(tokenFile, "utf8").trim() });
const { block } = await sale.until((parts) => parts.block?.phase === "open");
const news = await sale.ask({ type: "bid", lot: block.lot, amount_fen: block.asked_fen });

if (news.state === "accepted") {
  const findings = await checkReceipt(news.receipt, { key: sale.store.welcome.key }); // Better: a key you know from the printed notice.
  const holds = findings.every(({ good }) => good);
  writeFileSync("receipt.json", JSON.stringify(news.receipt));
  console.log(`bid ${block.asked_fen} fen for ${block.plate}: record ${news.seq}, the receipt ${holds ? "holds" : "does not hold"}`);
} else {
  console.log("refused:", news.refusal?.code, news.refusal?.en);
}
process.exit(0);
