"""Keys that never leave a device (USB Key): what one asks of them, over the middleware on the bidder's own machine."""
