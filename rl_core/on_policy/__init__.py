"""The on-policy family: its controls, its estimate, its samples, and what its losses and rules share."""
