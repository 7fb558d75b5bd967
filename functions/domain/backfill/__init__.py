"""Backfills: a history that is brought in over days. Pure."""
