"""Algorithms: one file each, with its controls, its equation and its losses."""
