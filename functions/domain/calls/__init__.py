"""Earnings calls: read a transcript, cut it into passages, sum up their tone, keep the rows. Pure: no AWS, no clock."""
