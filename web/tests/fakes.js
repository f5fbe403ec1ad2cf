// A house made of lists, a clock that stands until it is moved, a storage that can be looked into.

import { HouseClock } from "../shared/clock.js";
import { Connection } from "../shared/socket.js";
import { Store } from "../shared/store.js";

export class FakeTimer {
  now_ms = 1_000_000;
  #due = [];

  after(ms, run) {
    const one = { at: this.now_ms + ms, run };
    this.#due.push(one);
    return () => {
      this.#due = this.#due.filter((other) => other !== one);
    };
  }

  /** Moves time on, running what falls due, in order. */
  pass(ms) {
    const until = this.now_ms + ms;
    for (;;) {
      const next = this.#due.filter((one) => one.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#due = this.#due.filter((one) => one !== next);
      this.now_ms = next.at;
      next.run();
    }
    this.now_ms = until;
  }
}

export class FakeStorage {
  kept = new Map();
  get length() {
    return this.kept.size;
  }
  key(index) {
    return [...this.kept.keys()][index] ?? null;
  }
  getItem(key) {
    return this.kept.get(key) ?? null;
  }
  setItem(key, value) {
    this.kept.set(key, String(value));
  }
  removeItem(key) {
    this.kept.delete(key);
  }
}

/** A browser and the wires it opened, newest last. */
export function browser({ ticket = async () => "ticket", storage = new FakeStorage() } = {}) {
  const timer = new FakeTimer();
  const clock = new HouseClock(() => timer.now_ms * 1000);
  const wires = [];
  const told = [];
  const store = new Store();
  const open = () => {
    const wire = {
      sent: [],
      closed: false,
      send(text) {
        this.sent.push(text);
      },
      close() {
        this.closed = true;
      },
      say(frame) {
        this.onmessage({ data: JSON.stringify(frame) });
      },
      frames(type) {
        return this.sent.map((text) => JSON.parse(text)).filter((frame) => frame.type === type);
      },
    };
    wires.push(wire);
    return wire;
  };
  const backoff = { next_ms: () => 500, reset() {} };
  const connection = new Connection({ sale: "golden", store, open, ticket, storage, timer, clock, backoff });
  for (const kind of ["state", "asked", "news", "notice"]) connection.on(kind, (value) => told.push([kind, value]));
  return {
    connection,
    store,
    storage,
    timer,
    clock,
    told,
    wires,
    get wire() {
      return wires.at(-1);
    },
    news: () => told.filter(([kind]) => kind === "news").map(([, value]) => value),
    async enter(...frames) {
      await connection.connect();
      const wire = wires.at(-1);
      wire.onopen();
      for (const frame of frames) wire.say(frame);
      return wire;
    },
  };
}

/** Lets promises run. */
export async function settle() {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
