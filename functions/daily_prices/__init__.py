"""The workflow of daily prices: a folder for what each of its states does."""
