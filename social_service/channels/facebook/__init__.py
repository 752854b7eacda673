"""A Facebook Page and its Messenger inbox. Start at ``driver``."""
