"""Save: into the symbol's object, on condition."""
