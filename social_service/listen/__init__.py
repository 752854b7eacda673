"""Listen: what networks have is stored, each post once. In: due streams and webhook calls. Out: Social Messages, undecided.

`streams.py` says what is due; `polling.py`, `backfill.py`, `read_again.py` and `push.py` bring it; `intake.py` stores it;
`silence.py`, `budget.py`, `credentials.py` and `figures.py` watch over it.
"""

from social_service.listen.backfill import scan
from social_service.listen.credentials import tend
from social_service.listen.polling import fetch_once, poll
from social_service.listen.read_again import recheck
from social_service.listen.silence import watch
from social_service.listen.streams import due, duties, is_arriving, is_due

__all__ = ["due", "duties", "fetch_once", "is_arriving", "is_due", "poll", "recheck", "scan", "tend", "watch"]
