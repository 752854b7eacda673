"""Named places where a test may stop a process for good, to prove that nothing is lost or doubled there."""

from __future__ import annotations

import os
import time
from pathlib import Path

WHERE, SIGN = "SOCIAL_SERVICE_PAUSE_AT", "SOCIAL_SERVICE_PAUSE_FILE"
HOUR = 3600


def pause_point(name: str) -> None:
	"""Does nothing unless the environment names this place: then it says so in the file, with its pid, and waits."""
	if os.environ.get(WHERE) == name:
		Path(os.environ[SIGN]).write_text(str(os.getpid()), encoding="utf-8")
		time.sleep(HOUR)
