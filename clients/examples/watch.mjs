// Watch a sale until it is over.
//
//     node clients/examples/watch.mjs http://localhost:8000 plates-4

import { join } from "../js/house.mjs";

const [url, name] = process.argv.slice(2);
const sale = await join(url, name);
console.log("watching", sale.parts.sale.title.en, "at record", sale.store.seq);

sale.store.on("change", ({ frame }) => {
  if (frame.type === "record") for (const event of frame.events) console.log(frame.seq, event.type, event.amount_fen ?? "");
});

const { figures } = await sale.until((parts) => parts.sale.phase === "closed");
console.log("closed; turnover", figures.turnover_fen, "fen");
process.exit(0);
