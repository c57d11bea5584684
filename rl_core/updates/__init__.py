"""Updates: one backward pass on the summed loss, disjoint optimisers over flat parameter groups."""
