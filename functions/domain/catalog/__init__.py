"""The catalog, a row a symbol and series, and the tables of all symbols; pure."""
