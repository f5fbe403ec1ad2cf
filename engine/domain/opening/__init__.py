"""A remote opening of sealed bids (不见面开标): submitted unseen, unsealed together, read out at once."""
