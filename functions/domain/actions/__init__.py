"""Corporate actions: splits and dividends, as the vendor tells them and as they are kept; pure."""
