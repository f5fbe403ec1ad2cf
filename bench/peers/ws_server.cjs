// Node and its library ws; compression off, no pings. With PEERS_PREPARED=1 the frame is made once, and only written to each.
"use strict";
const { WebSocketServer, Sender } = require("ws");
const { text, come } = require("./pace.cjs");

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false, backlog: 4096 });
const viewers = new Set();
const frame = Buffer.concat(
  Sender.frame(Buffer.from(text), { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false }),
);

function tell() {
  for (const viewer of viewers) viewer.send(text);
}

function tellPrepared() {
  for (const viewer of viewers) viewer._sender.sendFrame([frame]);
}

server.on("listening", () => console.log(server.address().port));
server.on("connection", (viewer, request) => {
  request.socket.setNoDelay(true);
  viewers.add(viewer);
  come(process.env.PEERS_PREPARED ? tellPrepared : tell);
});
