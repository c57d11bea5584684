"""Finite MDPs as arrays, and what dynamic programming says of them."""
