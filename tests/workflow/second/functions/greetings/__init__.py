"""A second workflow, of two states, for tests: it greets people whom the bucket knows."""
