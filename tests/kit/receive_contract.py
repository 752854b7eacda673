"""What every driver that is pushed to promises: who did not sign is not heard, and a call that comes again changes nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest
import responses

from social_service.channels.errors import PayloadInvalid, SignatureInvalid
from tests.kit.driving import DriverKit, assert_keeps_secrets, assert_speaks, ids

FORGED = "f" * 64


@dataclass(frozen=True)
class Call:
	"""A webhook call as the network makes it, and what is in it."""

	name: str
	body: bytes
	messages: Sequence[str] = ()  # external ids
	deleted: Sequence[str] = ()
	due: Sequence[str] = ()  # keys of streams


class ReceiveContract(DriverKit):
	"""Being pushed to."""

	signature_header: str

	def signed(self, body: bytes) -> Mapping[str, str]:
		"""The headers with which the network would send this body."""
		raise NotImplementedError

	def calls(self) -> Sequence[Call]:
		raise NotImplementedError

	@responses.activate
	def test_a_signed_call_is_read_without_asking_the_network(self):
		for call in self.calls():
			page = self.offline().receive(call.body, self.signed(call.body))
			assert ids(page) == list(call.messages), call.name
			assert (list(page.deleted), list(page.due)) == (list(call.deleted), list(call.due)), call.name
			assert page.cursor is None and not page.more, call.name
		assert len(responses.calls) == 0

	def test_the_name_of_the_header_may_be_written_in_any_case(self):
		(call, *_rest) = self.calls()
		for spelled in (str.lower, str.upper):
			headers = {spelled(name): value for name, value in self.signed(call.body).items()}
			assert ids(self.offline().receive(call.body, headers)) == list(call.messages)

	def test_the_same_call_again_is_the_same_page(self):
		for call in self.calls():
			first, again = (self.offline().receive(call.body, self.signed(call.body)) for _time in range(2))
			assert first == again, call.name

	def test_who_did_not_sign_is_not_heard(self, caplog):
		caplog.set_level(logging.DEBUG)
		(call, *_rest) = self.calls()
		good = self.signed(call.body)
		forged = {**good, self.signature_header: good[self.signature_header][:-8] + FORGED[:8]}
		without = {name: value for name, value in good.items() if name != self.signature_header}
		for headers in (
			{},
			without,
			forged,
			{**good, self.signature_header: ""},
			{**good, self.signature_header: "ü"},
		):
			with pytest.raises(SignatureInvalid) as refused:
				self.offline().receive(call.body, headers)
			assert_speaks(refused.value)
			assert_keeps_secrets(refused.value, caplog.text, self.secrets)

	def test_a_channel_without_its_secret_hears_nobody(self):
		(call, *_rest) = self.calls()
		headers = self.signed(call.body)
		keep, self.secrets = self.secrets, {}
		try:
			with pytest.raises(SignatureInvalid):
				self.offline().receive(call.body, headers)
		finally:
			self.secrets = keep

	def test_what_is_signed_and_unreadable_is_said(self):
		for body in (b"", b"[", b'"a text"', b"\xff\xfe", b"[" * 100_000):
			with pytest.raises(PayloadInvalid) as raised:
				self.offline().receive(body, self.signed(body))
			assert_speaks(raised.value)


class BodySigned:
	"""Mixed in where the signature is made of the body: somebody else's body under a good signature is not heard."""

	def test_a_changed_body_is_not_heard(self):
		for call in self.calls():
			with pytest.raises(SignatureInvalid):
				self.offline().receive(call.body + b" ", self.signed(call.body))
