"""Estimators: pure functions on tensors that take floats, tensors and gates, and know no configuration."""
