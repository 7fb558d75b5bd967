"""Splits and dividends: what a company did that changes what its prices mean."""
