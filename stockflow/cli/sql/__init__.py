"""`stockflow sql`: the dataset in DuckDB, to read alone."""
