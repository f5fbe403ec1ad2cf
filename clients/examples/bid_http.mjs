// Bid over HTTP, with what Node brings and nothing else.
//
//     node clients/examples/bid_http.mjs http://localhost:8000 plates-4 paddle-8.token

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const [url, sale, tokenFile] = process.argv.slice(2);
const at = `${url}/api/sales/${sale}`;
const headers = { Authorization: `Bearer ${readFileSync(tokenFile, "utf8").trim()}` };

/** Canonical JSON of a flat frame: keys sorted, no white space. */
const canonical = (frame) => JSON.stringify(Object.fromEntries(Object.entries(frame).sort(([one], [other]) => (one < other ? -1 : 1))));

/** What became of `frame`. Its id makes sure that it happens once, however often it is sent. */
async function command(frame) {
  const send = () => fetch(`${at}/commands`, { method: "POST", headers, body: canonical(frame) });
  let answer = await send();
  while ([202, 429, 503].includes(answer.status)) {
    await sleep(1000 * Number(answer.headers.get("retry-after") ?? 1));
    answer = answer.status === 202 ? await fetch(`${at}/commands/${frame.id}`, { headers }) : await send();
  }
  const said = await answer.json();
  return said.answer ?? said; // a duplicate holds the first answer
}

const { parts } = await (await fetch(`${at}/picture`, { headers })).json();
if (parts.block?.phase !== "open") {
  console.log("no lot takes bids now");
} else {
  const { lot, plate, asked_fen } = parts.block;
  const answer = await command({ type: "bid", id: randomUUID(), lot, amount_fen: asked_fen });
  const outcome = answer.outcome ?? { refused: answer };
  if (outcome.accepted) console.log(`bid ${asked_fen} fen for ${plate}: record ${answer.seq}`);
  else console.log("refused:", outcome.refused.code, outcome.refused.en);
}
