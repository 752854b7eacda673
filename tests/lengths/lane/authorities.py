"""The programs that know how long a text is: each is asked many texts at once, as JSON."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
SECONDS = 300


@dataclass(frozen=True)
class Authority:
	table: str  # whose lengths are its answers
	script: str
	program: str
	needs: str  # a file or folder: what `make test-lengths` installs, or else of a checkout
	checkout: str = ""  # the variable that says where the network's own source is

	def what_is_missing(self) -> str:
		"""A sentence for the banner; "" when all is there."""
		if not shutil.which(self.program):
			return f"This machine lacks {self.program}."
		if self.checkout and not os.environ.get(self.checkout):
			return f"{self.checkout} does not say where a checkout of its source is."
		place = Path(os.environ[self.checkout]) if self.checkout else FOLDER
		if not (place / self.needs).exists():
			return f"There is no {place / self.needs}. `make test-lengths` installs what npm has."
		return ""

	def asked(self, texts: Sequence[str]) -> list:
		told = subprocess.run(
			[self.program, str(FOLDER / self.script)],
			cwd=FOLDER,
			input=json.dumps(list(texts)),
			env={**os.environ, "LC_ALL": "C.UTF-8"},
			capture_output=True,
			text=True,
			timeout=SECONDS,
			check=False,
		)
		assert told.returncode == 0, f"{self.script}: {told.stderr[-2000:]}"
		return json.loads(told.stdout)


X = Authority("x", "count_x.mjs", "node", "node_modules/twitter-text")
MASTODON = Authority(
	"mastodon", "count_mastodon.rb", "ruby", "app/validators/status_length_validator.rb", "MASTODON"
)
DISCOURSE = Authority(
	"least/discourse",
	"count_discourse.rb",
	"ruby",
	"lib/validators/stripped_length_validator.rb",
	"DISCOURSE",
)
