// Node and its library ws; compression off, no pings. Arguments and last line as floor.c has them.
"use strict";
const { WebSocketServer } = require("ws");

const [displays, bytes, events, intervalUs] = process.argv.slice(2).map(Number);
const text = "x".repeat(bytes - 4);
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false, backlog: 4096 });
const viewers = new Set();

server.on("listening", () => console.log(server.address().port));
server.on("connection", (viewer, request) => {
  request.socket.setNoDelay(true);
  viewers.add(viewer);
  if (viewers.size === displays) begin();
});

function begin() {
  const before = process.cpuUsage();
  const began = process.hrtime.bigint();
  let event = 0;
  const tell = () => {
    for (const viewer of viewers) viewer.send(text);
    event += 1;
    if (event < events) {
      const due = BigInt(event) * BigInt(intervalUs) * 1000n - (process.hrtime.bigint() - began);
      setTimeout(tell, Math.max(0, Number(due) / 1e6));
    } else {
      setTimeout(() => {
        const used = process.cpuUsage(before);
        console.log(`${used.user + used.system} ${events * displays}`);
        process.exit(0);
      }, 200);
    }
  };
  tell();
}
