"""The site's own model: corrections come in at night; a model that is better on those it has not seen is used from then on.

Its weights are a file of the host's cache. Where that is gone, the model that we ship is used.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from social_service.arrays import UNREADABLE
from social_service.hosts.base import PART, Before, From, Host, In
from social_service.ledger import SocialCorrection, SocialTriageModel, digest
from social_service.lessons import texts_of
from social_service.sentence import Refused, _
from social_service.settings import brand_of
from social_service.site_settings import the_settings
from social_service.triage.learning import Correction, Lesson, lesson
from social_service.triage.model import Model, load
from social_service.triage.model_file import save

MOST = 5000  # corrections, the newest ones
KEPT_FILES = 3
ENOUGH_NEW = 20  # corrections after a model that was rolled back: with fewer the next one would be the same
IN_USE, NOT_BETTER, REPLACED, ROLLED_BACK = "In Use", "Not Better", "Replaced", "Rolled Back"
log = logging.getLogger(__name__)


def model_of(host: Host) -> Model:
	row = in_use(host)
	if row is None:
		return load()
	try:
		return load(_file(host, row))
	except UNREADABLE as error:
		log.warning("the learned model %s can't be read, the shipped one is used: %s", row.name, error)
		return load()


def in_use(host: Host) -> SocialTriageModel | None:
	"""None: the one that we ship."""
	return _newest(host, IN_USE)


def _file(host: Host, row: SocialTriageModel) -> Path:
	return host.cache / f"triage_{row.name}.npz"


def _newest(host: Host, *states: str) -> SocialTriageModel | None:
	where = {"state": In(states)} if states else {}
	found = host.store.find(SocialTriageModel, where, order="-made_at,-name", limit=1)
	return found[0] if found else None


# --- learning ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Said:
	at: datetime
	correction: Correction


def learn(host: Host, now: datetime) -> SocialTriageModel | None:
	"""The row of this night; None if there was nothing to learn."""
	settings = the_settings(host)
	if not settings.learn_nightly or not _has_news(host):
		return None
	said, before = _said(host), in_use(host)
	known = [one.correction for one in said if before and one.at < before.made_at]
	learned = lesson(load(), [one.correction for one in said], brand_of(settings), known)
	if learned is None:
		return None
	row = _keep(host, learned, len(said), now)
	_remove_old_files(host)
	return row


def _has_news(host: Host) -> bool:
	"""Since the last night; and enough of them to come to another result than the one that was rolled back."""
	last, undone = _newest(host), _newest(host, ROLLED_BACK)
	return _said_since(host, last) >= 1 and (undone is None or _said_since(host, undone) >= ENOUGH_NEW)


def _said_since(host: Host, row: SocialTriageModel | None) -> int:
	return host.store.tally(SocialCorrection, (), {"said_at": From(row.made_at)} if row else {}).get((), 0)


def _said(host: Host) -> list[_Said]:
	"""Oldest first. What its author has deleted teaches nothing."""
	rows: list[SocialCorrection] = []
	while len(rows) < MOST:
		where = {"said_at": Before(rows[-1].said_at)} if rows else {}
		part = host.store.find(SocialCorrection, where, order="-said_at", limit=PART)
		rows += part
		if len(part) < PART:
			break
	texts = texts_of(host, [row.message for row in rows])
	return [
		_Said(row.said_at, Correction(texts[row.message], row.labels))
		for row in reversed(rows)
		if texts.get(row.message)
	]


def _keep(host: Host, learned: Lesson, corrections: int, now: datetime) -> SocialTriageModel:
	new = SocialTriageModel(
		digest=digest("model", now.isoformat()),
		made_at=now,
		state=IN_USE if learned.is_better else NOT_BETTER,
		corrections=corrections,
		judged_by=learned.judged_by,
		before=f"{learned.before:.3f}",
		after=f"{learned.after:.3f}",
	)
	with host.transaction():
		if learned.is_better:
			for earlier in host.store.find(SocialTriageModel, {"state": IN_USE}, order="name", limit=100):
				host.store.change(earlier, state=REPLACED)
		row, _is_new = host.store.add(new)
		if learned.is_better:
			save(learned.model, _file(host, row))
	return row


def _remove_old_files(host: Host) -> None:
	wanted = host.store.find(
		SocialTriageModel, {"state": In((IN_USE, REPLACED))}, order="-made_at,-name", limit=KEPT_FILES
	)
	kept = {_file(host, row) for row in wanted}
	for path in host.cache.glob("triage_*.npz"):
		if path not in kept:
			path.unlink(missing_ok=True)


# --- rolling back --------------------------------------------------------------------------------------------


def roll_back(host: Host, name: str) -> SocialTriageModel | None:
	"""What is used from now on: the model before it; None = the one that we ship. Raises Refused."""
	row = host.store.get(SocialTriageModel, [name]).get(name)
	if row is None or row.state != IN_USE:
		raise Refused(_("Only the model in use can be rolled back."))
	earlier = host.store.find(
		SocialTriageModel, {"state": REPLACED, "made_at": Before(row.made_at)}, order="-made_at", limit=100
	)
	before = next((one for one in earlier if _file(host, one).exists()), None)
	with host.transaction():
		host.store.change(row, state=ROLLED_BACK)
		return host.store.change(before, state=IN_USE) if before else None
