"""Save: writes the symbol's object, conditionally."""
