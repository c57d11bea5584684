"""Environments: array environments of our own, and an adapter for any other Gymnasium id; all step N lanes at once."""
