// @ts-check
/** The tree hash of RFC 6962 over the digests of one commit. */

import { join } from "./bytes.js";
import { sha256 } from "./sha256.js";

const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);

/** @param {Uint8Array} entry */
export function leafHash(entry) {
  return sha256(join(LEAF, entry));
}

/**
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 */
function nodeHash(left, right) {
  return sha256(join(NODE, left, right));
}

/**
 * @param {Uint8Array[]} entries at least one
 * @returns {Uint8Array}
 */
export function root(entries) {
  if (entries.length === 1) return leafHash(entries[0]);
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  return nodeHash(root(entries.slice(0, split)), root(entries.slice(split)));
}

/**
 * The root that `path` leads to from the entry at `index` of `size`; null where the path has not the length it must have (RFC 9162, 2.1.3.2).
 * @param {Uint8Array} entry
 * @param {number} index
 * @param {number} size
 * @param {Uint8Array[]} path
 */
export function rootByPath(entry, index, size, path) {
  if (index < 0 || index >= size) return null;
  let at = index;
  let last = size - 1;
  let hash = leafHash(entry);
  for (const step of path) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(step, hash);
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, step);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : null;
}
