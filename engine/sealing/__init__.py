"""Sealed envelopes: made in the bidder's hands, opened by bidder and trustees together. Pure: no file, socket or clock."""
