"""The loss of every algorithm under its defaults, in plain NumPy: `NAME.losses(net, batch)`, found by the name."""
