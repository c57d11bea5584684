"""Requests and answers, one file per part of the public surface."""
