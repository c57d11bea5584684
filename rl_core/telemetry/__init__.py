"""Telemetry: declared metrics, fixed histogram grids, frames, and the trainer's durable journal."""
