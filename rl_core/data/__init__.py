"""What moves between the stages: rows of tensors with one leading axis."""
