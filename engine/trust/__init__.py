"""Certificates of several authorities (多CA互认): which are trusted, for what, for whom, and at which instant."""
