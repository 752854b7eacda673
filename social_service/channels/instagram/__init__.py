"""An Instagram account of a business. Start at ``driver``."""
