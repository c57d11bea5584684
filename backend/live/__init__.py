"""The path from a committed record to every browser that watches its run."""
