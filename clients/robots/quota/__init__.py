"""Everybody who bids in one monthly plate auction, as robots."""
