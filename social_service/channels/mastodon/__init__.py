"""Mastodon and what speaks its API: GoToSocial, Pleroma, Akkoma. Start at ``driver``."""
