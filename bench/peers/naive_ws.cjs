// A naive auction: Node and ws decide in a script in Redis, which keeps the bid before it answers and tells everybody.
"use strict";
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { WebSocketServer } = require("ws");
const { createClient } = require("redis");

const OPENING_FEN = "1000000";
const STEP_FEN = "100";

async function serve() {
  const redis = createClient({ url: process.env.PEERS_REDIS });
  const listener = redis.duplicate();
  await Promise.all([redis.connect(), listener.connect()]);
  const script = await redis.scriptLoad(readFileSync(join(__dirname, "bid.lua"), "utf8"));
  const viewers = new Set();
  await listener.subscribe("hall", (bid) => {
    const text = JSON.stringify({ bid: JSON.parse(bid), type: "record" });
    for (const viewer of viewers) viewer.send(text);
  });
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false, backlog: 4096 });
  server.on("listening", () => console.log(server.address().port));
  server.on("connection", (viewer, request) => {
    request.socket.setNoDelay(true);
    viewers.add(viewer);
    viewer.on("close", () => viewers.delete(viewer));
    viewer.on("message", async (data) => {
      const text = data.toString();
      const bid = JSON.parse(text);
      const accepted = await redis.evalSha(script, {
        keys: ["price", "bids"], arguments: [String(bid.amount_fen), OPENING_FEN, STEP_FEN, text],
      });
      const answer = accepted
        ? { id: bid.id, outcome: { accepted: bid.amount_fen }, type: "answer" }
        : { id: bid.id, type: "refused" };
      viewer.send(JSON.stringify(answer));
    });
  });
}

serve();
