"""What the engine is measured beside, each with settings as good as we can give it."""
