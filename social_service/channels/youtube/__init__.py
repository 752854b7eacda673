"""YouTube: comments below a channel's videos, and answers to them. Start at ``driver``."""
