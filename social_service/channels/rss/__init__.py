"""RSS and Atom feeds: blogs, other people's forums, Reddit, status pages. Read only. Start at ``driver``."""
