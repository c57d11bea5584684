"""What the on-policy family measures: typed readings, and the metrics that are made from them."""
