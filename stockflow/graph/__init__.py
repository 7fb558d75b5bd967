"""Draws a state machine."""
