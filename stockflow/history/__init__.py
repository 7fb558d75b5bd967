"""Reads the history of an execution: visits, attempts, failures and their causes."""
