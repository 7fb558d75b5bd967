"""The workflow of daily prices: a folder for each of its states."""
