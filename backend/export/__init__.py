"""A run as a file to take along: CSV, JSON, Parquet, and a report that opens without a network."""
