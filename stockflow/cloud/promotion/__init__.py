"""How a deployed version of the workflow becomes the live one: tried, then moved."""
