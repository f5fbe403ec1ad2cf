"""The live sale: lot by lot, hall and online in one book."""
