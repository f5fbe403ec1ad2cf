"""A month of Shanghai's plate auctions held again: the published frame, simulated bidders, and the house's own rooms and journals."""
