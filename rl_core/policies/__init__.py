"""Families of distributions over actions, one file each."""
