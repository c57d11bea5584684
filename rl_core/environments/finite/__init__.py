"""Finite MDPs as environments: given by arrays, so that everything about them can be computed and compared with."""
