"""What the channels of Google share: signing in, refusals, going back through lists that begin with the newest."""
