// Socket.IO on Node, WebSockets only, no compression, no pings; with PEERS_REDIS its Redis adapter tells other processes too.
"use strict";
const { createServer } = require("node:http");
const { Server } = require("socket.io");
const { text, come } = require("./pace.cjs");

async function serve() {
  const http = createServer();
  const io = new Server(http, {
    transports: ["websocket"], perMessageDeflate: false, httpCompression: false, serveClient: false, pingInterval: 2 ** 30,
  });
  if (process.env.PEERS_REDIS) {
    const { createClient } = require("redis");
    const { createAdapter } = require("@socket.io/redis-adapter");
    const publish = createClient({ url: process.env.PEERS_REDIS });
    const subscribe = publish.duplicate();
    await Promise.all([publish.connect(), subscribe.connect()]);
    io.adapter(createAdapter(publish, subscribe));
  }
  io.on("connection", (viewer) => {
    viewer.request.socket.setNoDelay(true);
    come(() => io.emit("t", text));
  });
  http.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => console.log(http.address().port));
}

serve();
