"""Listings: who is listed on which exchange, since when and until when."""
