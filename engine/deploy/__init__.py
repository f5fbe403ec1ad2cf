"""Files for whoever runs a house, and the bundle for machines without a network."""
