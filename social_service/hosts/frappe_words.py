"""What a door answers: the flow's records as JSON, their sentences in the language of whoever asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum

from social_service.hosts.frappe_store import say
from social_service.sentence import Sentence


def spoken(value: object, language: str) -> object:
	if isinstance(value, Sentence):
		return say(value, language)
	if isinstance(value, Enum):
		return value.value
	if isinstance(value, datetime):
		return value.isoformat()
	if is_dataclass(value):
		return {field.name: spoken(getattr(value, field.name), language) for field in fields(value)}
	if isinstance(value, Mapping):
		return {key: spoken(one, language) for key, one in value.items()}
	if isinstance(value, (list, tuple)):
		return [spoken(one, language) for one in value]
	return value
