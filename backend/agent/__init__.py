"""The process that owns the trainers of a machine: it forks, tails, ships, reaps, and outlives the server.

Read in this order: `__main__` (start), `agent` (the parts joined), `connection` and `session` (the server),
`runs` (what exists on this machine), `trainer` (the fork), `shipper` (journals to the server).
"""
