"""How the store reaches its database: connections, the writer thread, the reader threads, the schema revision."""
