"""One training run: the loop, and what it is made of between two updates."""
