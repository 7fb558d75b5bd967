"""Those who sell prices: a folder each."""
