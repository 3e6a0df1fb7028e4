"""The features as Narwhals expressions, for pandas, Polars and DuckDB: an oracle of their bits."""
