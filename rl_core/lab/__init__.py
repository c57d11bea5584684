"""The estimator laboratory: many estimates of one gradient in a finite MDP, held against the exact one."""
