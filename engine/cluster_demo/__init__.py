"""A house on several machines, shown on one: two engines, a standby, Redis and gateways as processes, and a sale held through them."""
