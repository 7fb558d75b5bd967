"""Fetch: one request in its slot."""
