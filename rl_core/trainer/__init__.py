"""A run in a process of its own: driven by commands, journaled, recorded."""
