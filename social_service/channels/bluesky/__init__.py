"""Bluesky and other networks on the AT protocol. Start at ``driver``."""
