"""Discourse, the forum software: our own forum or somebody else's. Start at ``driver``."""
