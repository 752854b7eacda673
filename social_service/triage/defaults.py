"""The rules that a new site starts with. They are rows from then on: people edit them, and no update overwrites them."""

from __future__ import annotations

import json
from pathlib import Path

from social_service.settings import SocialTriageRule

SEEDS = Path(__file__).with_suffix(".json")


def seeded_rules() -> list[SocialTriageRule]:
	return [
		SocialTriageRule(
			title=row["title"],
			outcome=row["outcome"],
			words="\n".join(row["words"]),
			language=row["language"],
			kind=row["kind"] or None,
			sort_order=row["sort_order"],
			topic=row.get("topic", ""),
			priority=row.get("priority", ""),
		)
		for row in json.loads(SEEDS.read_text(encoding="utf-8"))
	]
