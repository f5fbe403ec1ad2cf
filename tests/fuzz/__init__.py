"""Bytes that nobody vouches for, thrown at every reader we have."""
