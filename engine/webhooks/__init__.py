"""Signed messages to other systems when a sale or an opening changes in a way that everybody may know (Standard Webhooks)."""
