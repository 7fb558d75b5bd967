"""Transform: from an answer to a checked table."""
