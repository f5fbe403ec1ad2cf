"""The door: nothing is seen before it is kept."""
