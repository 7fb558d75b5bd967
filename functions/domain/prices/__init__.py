"""Price tables: parse, check, merge, encode. Pure: no AWS, no network, no clock, no environment."""
