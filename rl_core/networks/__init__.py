"""Networks: bodies, heads (distributions), critics, initialisation; pure functions of parameters and inputs."""
