// Bun's own server and its publish; no compression, no pings, nobody let go for being silent.
"use strict";
const { text, come } = require("./pace.cjs");

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request, served) {
    return served.upgrade(request) ? undefined : new Response("", { status: 400 });
  },
  websocket: {
    perMessageDeflate: false,
    idleTimeout: 0,
    sendPings: false,
    open(viewer) {
      viewer.subscribe("t");
      come(() => server.publish("t", text));
    },
    message() {},
  },
});
console.log(server.port);
