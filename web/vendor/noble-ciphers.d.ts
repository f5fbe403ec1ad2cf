// Types of noble-ciphers.js, taken from the packages it was bundled from.
export * from "./noble-ciphers.entry.js";
