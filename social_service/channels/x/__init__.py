"""X (Twitter) over python-twitter-v2. Start at ``driver``."""
