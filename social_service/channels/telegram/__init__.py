"""Telegram, through a bot: private messages, comments below channel posts, groups. Start at ``driver``."""
