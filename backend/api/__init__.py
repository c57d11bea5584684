"""The HTTP surface: thin typed routes over the services in `backend.jobs` and `backend.live`."""
