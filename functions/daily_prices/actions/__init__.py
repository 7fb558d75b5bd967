"""RefreshActions: splits and dividends, asked for out of what the day's quota leaves."""
