"""The run state machine, the queue, and the connection to the agent that owns the trainers."""
