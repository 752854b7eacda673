"""Listen: what networks have is stored, each post once. In: due streams and webhook calls. Out: Social Messages, undecided.

`streams.py` says what is due, `poll.py` fetches it, `intake.py` stores it.
"""

from social_service.listen.poll import poll
from social_service.listen.read_again import recheck
from social_service.listen.streams import due, duties, is_arriving, is_due

__all__ = ["due", "duties", "is_arriving", "is_due", "poll", "recheck"]
