"""Plan: what a run asks for, and when."""
