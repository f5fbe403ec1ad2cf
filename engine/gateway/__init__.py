"""Browsers in, browsers out: one port for pages, HTTP and WebSocket."""
