"""Measurements beside the peers, taken in one run on one machine; never a timed test."""
