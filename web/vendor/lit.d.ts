// Types of lit.js, taken from the package it was bundled from.
export * from "./lit.entry.js";
