"""Automatic differentiation: the stop-gradient as a value, the tap that listens to it, and scans over time."""
