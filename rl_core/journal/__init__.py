"""The trainer's durable log on disk: what it says, what it is told, and the episodes it recorded."""
