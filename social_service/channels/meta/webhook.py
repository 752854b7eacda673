"""Meta's webhook calls: who signed, what is in them, and its question whether the address is ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from social_service.channels.base import Vault
from social_service.channels.errors import PayloadInvalid, SignatureInvalid
from social_service.channels.reading import json_of
from social_service.channels.signature import header, require_hmac, require_same
from social_service.records import Message, Page, Unreadable
from social_service.sentence import _

SIGNATURE = "X-Hub-Signature-256"


def entries(
	vault: Vault, body: bytes, headers: Mapping[str, str], kind: str, own_ids: frozenset[str]
) -> Iterator[Mapping]:
	"""What the call tells about us. One app may serve many accounts, and Meta sends all of them to one address."""
	require_hmac(vault.get("app_secret"), body, header(headers, SIGNATURE))
	told = json_of(body)
	if not isinstance(told, Mapping) or not isinstance(told.get("entry"), list):
		raise PayloadInvalid(_("The call is signed, and it is none of Meta's. Look at what is sent here."))
	if told.get("object") != kind:
		return iter(())
	found = (one for one in told["entry"] if isinstance(one, Mapping))
	return (one for one in found if not own_ids or str(one.get("id")) in own_ids)


def answer_challenge(vault: Vault, query: Mapping[str, str]) -> str:
	require_same(vault.get("verify_token"), query.get("hub.verify_token", ""))
	if query.get("hub.mode") != "subscribe" or not query.get("hub.challenge"):
		raise SignatureInvalid(_("This is not how Meta asks for our address. Nothing was answered."))
	return query["hub.challenge"]


class Gathered:
	"""What one call brings: up to a thousand events, some twice, in any order."""

	def __init__(self) -> None:
		self._messages: dict[tuple[str, bool], Message] = {}
		self._unreadable: dict[str, Unreadable] = {}
		self._deleted: dict[str, None] = {}
		self._due: dict[str, None] = {}

	def add(self, message: Message) -> None:
		self._messages.setdefault((message.external_id, message.edited_at is not None), message)
		kept = self._messages[(message.external_id, message.edited_at is not None)]
		if message.edited_at and kept.edited_at and message.edited_at > kept.edited_at:
			self._messages[(message.external_id, True)] = message

	def delete(self, external_id: str) -> None:
		self._deleted[external_id] = None

	def hint(self, key: str) -> None:
		self._due[key] = None

	def refuse(self, item: Unreadable) -> None:
		self._unreadable[item.external_id] = item

	def page(self) -> Page:
		"""What is deleted already need not be stored first; the first version goes before the edited one."""
		kept = [one for one in self._messages.values() if one.external_id not in self._deleted]
		kept.sort(key=lambda one: one.edited_at is not None)
		read = {one.external_id for one in kept}
		unreadable = tuple(one for one in self._unreadable.values() if one.external_id not in read)
		return replace(
			Page(tuple(kept), None, unreadable=unreadable), deleted=tuple(self._deleted), due=tuple(self._due)
		)
