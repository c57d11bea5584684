"""Who may reach the server, and with what: hosts, origins, sessions, roles, floods."""
