"""Transform: turns an answer into a checked table."""
