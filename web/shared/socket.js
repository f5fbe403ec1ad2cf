// @ts-check
/**
 * The only one that talks to the house: connects, says where we stand, asks, re-sends what has no answer under its first id, and keeps house time.
 *
 * Everything it touches is handed in, so tests play a house with a fake socket and a clock of their own.
 */

import { Backoff } from "./backoff.js";
import { canonical } from "./canonical.js";
import { HouseClock } from "./clock.js";
import { Emitter } from "./emitter.js";
import { Unanswered } from "./unanswered.js";

/**
 * @typedef {import("./frames.js").Frame} Frame
 * @typedef {"connecting" | "live" | "waiting" | "shut"} State `shut`: not let in, a new link is needed
 * @typedef {{send(text: string): void, close(code?: number): void, onopen: any, onmessage: any, onclose: any, readyState?: number}} Wire
 * @typedef {{after(ms: number, run: () => void): () => void}} Timer
 * @typedef {{state: State, notice: Frame, asked: {id: string, frame: Frame, asked_at_us: number}, welcomed: Frame,
 *   news: {id: string, news: import("./acts.js").News}, time: undefined}} Told
 */

export const PROTOCOL = 1;

/** An unanswered frame younger than this is sent again by itself; an older one is only asked after, lest it bid at a price long gone. */
export const RESEND_MS = 30_000;

/** So long we wait for an answer before the person is told that it is not known, and the house is asked. */
export const UNKNOWN_MS = 2_000;

const BEAT_MS = 5_000;
const SILENCE_MS = 12_000;
const WAKE_MS = 2_500;
const SETTLED_MS = 5_000;
const SLOW_CLOSES = new Set([1007, 1009, 4409, 4410]);
const SLOW_MS = 5_000;

/** @extends {Emitter<Told>} */
export class Connection extends Emitter {
  /** @type {State} */
  state = "connecting";
  clock;
  /** When the house was last heard, by this browser's clock; 0 before the first time. */
  last_us = 0;

  /** @type {Wire | null} */
  #wire = null;
  /** @type {Unanswered | null} */
  #unanswered = null;
  #storage;
  #store;
  #sale;
  #open;
  #ticket;
  #timer;
  #backoff;
  #gaps = 0;
  #heard_us = 0;
  /** @type {Map<string, () => void>} timers by the id they look after */
  #watches = new Map();
  /** @type {(() => void)[]} timers of the present wire */
  #timers = [];
  /** @type {(() => void) | null} */
  #retry = null;

  /**
   * @param {{
   *   sale: string,
   *   store: import("./store.js").Store,
   *   open: () => Wire,
   *   ticket: () => Promise<string | null>,
   *   storage: ConstructorParameters<typeof Unanswered>[0],
   *   timer?: Timer,
   *   clock?: HouseClock,
   *   backoff?: Backoff,
   * }} parts `ticket` gives null where none is needed and throws a `NotLetIn` where there is no hope
   */
  constructor({ sale, store, open, ticket, storage, timer = browserTimer, clock = new HouseClock(), backoff = new Backoff() }) {
    super();
    this.#sale = sale;
    this.#store = store;
    this.#open = open;
    this.#ticket = ticket;
    this.#storage = storage;
    this.#timer = timer;
    this.#backoff = backoff;
    this.clock = clock;
  }

  get live() {
    return this.state === "live";
  }

  // Coming and going

  async connect() {
    this.#retry?.();
    this.#retry = null;
    this.#drop();
    this.#say("connecting");
    let ticket;
    try {
      ticket = await this.#ticket();
    } catch (error) {
      if (error instanceof NotLetIn) return this.#say("shut");
      return this.#comeBack();
    }
    const wire = this.#open();
    this.#wire = wire;
    wire.onopen = () => this.#send({ type: "hello", protocol: PROTOCOL, ticket: ticket ?? undefined, after: this.#store.after() });
    wire.onmessage = (/** @type {{data: string}} */ message) => {
      if (wire === this.#wire) this.#hear(JSON.parse(message.data));
    };
    wire.onclose = (/** @type {{code: number}} */ close) => {
      if (wire === this.#wire) this.#closed(close.code);
    };
    this.#heard_us = this.clock.now_us();
    this.#watchSilence();
  }

  /** @param {number} code */
  #closed(code) {
    this.#drop();
    if (code === 4401) return this.#say("shut");
    this.#comeBack(SLOW_CLOSES.has(code) ? SLOW_MS : 0);
  }

  #comeBack(least_ms = 0) {
    this.#say("waiting");
    this.#retry = this.#timer.after(Math.max(least_ms, this.#backoff.next_ms()), () => void this.connect());
  }

  /** Leaves the present wire, if any, without a word. */
  #drop() {
    const wire = this.#wire;
    this.#wire = null;
    for (const stop of this.#timers.splice(0)) stop();
    for (const stop of this.#watches.values()) stop();
    this.#watches.clear();
    wire?.close();
  }

  /** @param {State} state */
  #say(state) {
    this.state = state;
    this.emit("state", state);
  }

  // Heartbeat and house time

  #beat() {
    this.#sayTime();
    this.#timers.push(this.#timer.after(BEAT_MS, () => this.#beat()));
  }

  #sayTime() {
    this.#send({ type: "time", t0: this.clock.now_us() });
  }

  #watchSilence() {
    const left_ms = SILENCE_MS - (this.clock.now_us() - this.#heard_us) / 1000;
    if (left_ms <= 0) return this.#closed(1006);
    this.#timers.push(this.#timer.after(left_ms, () => this.#watchSilence()));
  }

  /** The page was asleep, or the network changed: ask at once whether the wire still carries. */
  wake() {
    if (this.state === "waiting") return void this.connect();
    if (this.state !== "live") return;
    this.clock.forget();
    const asked_us = this.clock.now_us();
    this.#sayTime();
    this.#timers.push(this.#timer.after(WAKE_MS, () => this.#heard_us < asked_us && this.#closed(1006)));
  }

  // Hearing

  /** @param {Frame} frame */
  #hear(frame) {
    this.#heard_us = this.last_us = this.clock.now_us();
    if (this.#store.fold(frame) === "gap") return this.#gap();
    switch (frame.type) {
      case "welcome":
        return this.#welcomed(frame);
      case "picture":
        this.#gaps = 0;
        return;
      case "answer":
        return this.#answered(frame);
      case "duplicate":
        return this.#answered(typeof frame.answer === "string" ? JSON.parse(frame.answer) : frame.answer);
      case "refused":
        return this.#refused(frame);
      case "unknown":
        return this.#unknown(frame);
      case "time":
        this.clock.sample(/** @type {any} */ (frame));
        return this.emit("time", undefined);
      case "notice":
        return this.emit("notice", frame);
    }
  }

  /** History is missing between what we know and what came: come back and say where we stand; the second time, ask for everything. */
  #gap() {
    if (++this.#gaps > 1) this.#store.forget();
    this.#drop();
    if (this.#gaps > 3) return this.#comeBack();
    void this.connect();
  }

  /** @param {Frame} frame */
  #welcomed(frame) {
    this.#unanswered = new Unanswered(this.#storage, this.#sale, askerOf(frame));
    this.emit("welcomed", frame);
    this.#say("live");
    this.#timers.push(this.#timer.after(SETTLED_MS, () => this.#backoff.reset()));
    this.#beat();
    for (const ms of [150, 400, 900]) this.#timers.push(this.#timer.after(ms, () => this.#sayTime()));
    for (const kept of this.#unanswered.all()) this.#again(kept);
  }

  // Asking

  /**
   * Asks something of the house: kept first, then sent. Returns its id.
   * @param {Frame} body without id
   * @param {string} [id] of an earlier, unanswered asking of the same
   */
  ask(body, id = newId()) {
    const frame = { ...body, id };
    const kept = { id, text: canonical(frame), asked_at_us: this.clock.now_us() };
    if (!this.#unanswered) throw new Error("nobody has been welcomed yet");
    this.#unanswered.keep(kept);
    this.emit("asked", { id, frame, asked_at_us: kept.asked_at_us });
    if (this.live) this.#sendKept(kept);
    return id;
  }

  /** Says something that has no answer and is not kept. @param {Frame} frame */
  tell(frame) {
    this.#send(frame);
  }

  /** @param {import("./unanswered.js").Kept} kept */
  #again(kept) {
    this.emit("asked", { id: kept.id, frame: JSON.parse(kept.text), asked_at_us: kept.asked_at_us });
    if (this.#age_ms(kept) <= RESEND_MS) return this.#sendKept(kept);
    this.#askAfter(kept.id);
  }

  /** @param {import("./unanswered.js").Kept} kept */
  #sendKept(kept) {
    this.#wire?.send(kept.text);
    this.#watch(kept.id, UNKNOWN_MS, () => this.#askAfter(kept.id));
  }

  /** @param {string} id */
  #askAfter(id) {
    this.emit("news", { id, news: { state: "unknown" } });
    this.#send({ type: "outcome", id });
    this.#watch(id, 2 * UNKNOWN_MS, () => this.#askAfter(id));
  }

  /**
   * @param {string} id
   * @param {number} ms
   * @param {() => void} run
   */
  #watch(id, ms, run) {
    this.#watches.get(id)?.();
    this.#watches.set(id, this.#timer.after(ms, run));
  }

  /** @param {string} id */
  #settle(id) {
    this.#watches.get(id)?.();
    this.#watches.delete(id);
    this.#unanswered?.settle(id);
  }

  /** @param {Frame} answer */
  #answered({ id, seq, outcome, receipt, sealed }) {
    this.#settle(id);
    const news = outcome.refused
      ? { state: /** @type {const} */ ("refused"), seq, refusal: outcome.refused, receipt, sealed }
      : { state: /** @type {const} */ ("accepted"), seq, events: outcome.accepted, receipt, sealed };
    this.emit("news", { id, news });
  }

  /** @param {Frame} frame */
  #refused(frame) {
    if (frame.id === null || frame.id === undefined) return this.emit("notice", frame);
    const kept = this.#unanswered?.get(frame.id);
    if (kept && frame.retry === "after_ms" && this.#age_ms(kept) < RESEND_MS)
      return this.#watch(frame.id, frame.detail?.after_ms ?? 1000, () => this.#sendKept(kept));
    if (kept && frame.retry === "same_id" && this.#age_ms(kept) < RESEND_MS)
      return this.#watch(frame.id, UNKNOWN_MS, () => this.#sendKept(kept));
    this.#settle(frame.id);
    const { code, retry, zh, en, detail } = frame;
    this.emit("news", { id: frame.id, news: { state: "refused", refusal: { code, retry, zh, en, detail } } });
  }

  /** @param {Frame} frame */
  #unknown(frame) {
    const kept = this.#unanswered?.get(frame.id);
    if (!kept) return;
    if (frame.code !== "E_NEVER_SEEN") {
      this.emit("news", { id: frame.id, news: { state: "unknown" } });
      return this.#watch(frame.id, UNKNOWN_MS, () => this.#askAfter(frame.id));
    }
    if (this.#age_ms(kept) <= RESEND_MS) return this.#sendKept(kept);
    this.#settle(frame.id);
    this.emit("news", { id: frame.id, news: { state: "lost" } });
  }

  /** @param {import("./unanswered.js").Kept} kept */
  #age_ms(kept) {
    return (this.clock.now_us() - kept.asked_at_us) / 1000;
  }

  /** @param {Frame} frame */
  #send(frame) {
    this.#wire?.send(canonical(frame));
  }
}

/**
 * Under which name things are kept: the role, the paddle, and whose house it is, for a rehearsal's sale may bear the same name.
 * @param {Frame} welcome
 */
export function askerOf({ role, paddle, key }) {
  return `${paddle === undefined ? role : `${role}-${paddle}`}@${key.slice(0, 16)}`;
}

/** The house will not let this link in; another try changes nothing. */
export class NotLetIn extends Error {}

/** @type {Timer} */
const browserTimer = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** A UUID; `crypto.randomUUID` exists only over TLS, so it is made by hand. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
