"""What the checks of each run found, kept over time; pure."""
