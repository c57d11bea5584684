"""Evaluation: whole episodes of the current policy, recorded or watched live, where training cannot notice it."""
