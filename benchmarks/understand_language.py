"""Languages: invented posts of six languages, on a site that has all of them and on one that has German and English."""

from __future__ import annotations

import json
from pathlib import Path

from social_service.evaluate import language

POSTS = Path(language.__file__).with_name("posts_by_language.jsonl")
SITES = {"de_en": ("de", "en"), "six": ("de", "en", "fr", "es", "it", "nl")}


def measure(_data: Path) -> dict:
	rows = [json.loads(line) for line in POSTS.read_text(encoding="utf-8").splitlines() if line.strip()]
	return {
		name: language.measure([row for row in rows if row["lang"] in languages], languages)
		for name, languages in SITES.items()
	}
