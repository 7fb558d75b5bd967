"""The request budget's arithmetic."""
