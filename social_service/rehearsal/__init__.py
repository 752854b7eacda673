"""A believable company and its networks over real HTTP on loopback: what `make demo` runs, and what tests break on purpose."""
