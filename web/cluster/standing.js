// @ts-check
/** What is said of a room's copies and of a way to the gateways, and how it looks. */

/**
 * @typedef {{mode: "sync" | "async", standing: "in_force" | "catching_up" | "gone", behind: number}} Standby
 * @typedef {{id: string, title: {zh: string, en: string}, phase: string, epoch: number, seq: number, head: string, halted: string | null,
 *   gateways: number | null, standby: Standby | null}} Room
 * @typedef {{kind: "gateways" | "socket" | "redis", carries: boolean, code: string | null}} Carrier
 * @typedef {{at_us: number, here: "engine" | "gateway", rooms: Room[], carriers: Carrier[]}} State
 */

/** @param {Standby | null} standby */
export function copyKeys(standby) {
  if (standby === null) return { badge: "badge-muted", says: "copies.one" };
  if (standby.standing === "gone") return { badge: "badge-bad", says: "copies.alone" };
  if (standby.standing === "catching_up") return { badge: "badge-warn", says: "cluster.catching-up" };
  return { badge: "badge-good", says: `copies.${standby.mode}` };
}

/** @param {Carrier} carrier */
export function carrierKeys({ carries, code }) {
  if (code !== null) return { badge: "badge-bad", says: "cluster.down" };
  return carries ? { badge: "badge-good", says: "cluster.carries" } : { badge: "badge-warn", says: "cluster.behind" };
}
