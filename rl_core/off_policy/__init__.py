"""The off-policy family: transitions from a memory, and what is learnt from them."""
