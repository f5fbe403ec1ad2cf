// Types of noble-curves.js, taken from the packages it was bundled from.
export * from "./noble-curves.entry.js";
