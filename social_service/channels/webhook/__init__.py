"""Webhook: any other tool hands posts in, and may take answers."""
