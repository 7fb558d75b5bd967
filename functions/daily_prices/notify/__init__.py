"""Notify: the manifest of a run, and what people are told."""
