"""Measures the engine from outside: real processes, real sockets. What a figure leaves out stands in ``README.md``."""
