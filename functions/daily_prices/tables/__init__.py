"""UpdateTables: what is derived of the dataset after a run: tables of all symbols, the catalog, findings."""
