"""Google Business Profile: the reviews of a company's places. Start at ``driver``."""
