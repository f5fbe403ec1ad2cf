// Types of sm.js, taken from the packages it was bundled from.
export * from "./sm.entry.js";
