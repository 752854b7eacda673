"""What deciding a batch of messages needs: rules, languages, articles, read once and only when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from social_service import match
from social_service.account import known_account
from social_service.channels import driver as driver_class
from social_service.heard import Heard, heard_of
from social_service.hosts.base import Before, Can, Host
from social_service.ledger import SocialMessage
from social_service.lessons import index_of
from social_service.match import encoder
from social_service.match.background import suggest_in_background
from social_service.miss_budget import shares_of
from social_service.records import Account
from social_service.settings import (
	SocialChannel,
	SocialServiceSettings,
	SocialTriageRule,
	brand_of,
	languages_of,
)
from social_service.site_model import model_of
from social_service.site_settings import the_rules, the_settings
from social_service.triage import Verdict, judge
from social_service.triage.reader import Reader, reader_with

FEW_LETTERS = 40


@dataclass
class Decider:
	"""All that deciding a batch needs, read once."""

	host: Host
	channel: SocialChannel
	now: datetime
	began: dict[str, datetime | None]  # stream → since when we listen to it
	batch: Sequence[SocialMessage] = ()  # what agents said is read of these
	_verdicts: dict[str, Verdict] = field(default_factory=dict)
	_suggested: dict[str, list[match.Suggestion]] = field(default_factory=dict)

	@cached_property
	def settings(self) -> SocialServiceSettings:
		return the_settings(self.host)

	@cached_property
	def rules(self) -> list[SocialTriageRule]:
		return the_rules(self.host)

	@cached_property
	def languages(self) -> list[str]:
		return languages_of(self.settings)

	@cached_property
	def reader(self) -> Reader:
		return reader_for(self.host, self.settings, known_account(self.host, self.channel.name))

	@cached_property
	def heard(self) -> Heard:
		return heard_of(self.host, self.batch)

	@cached_property
	def network(self) -> str:
		return driver_class(self.channel.driver).label

	@cached_property
	def articles(self) -> match.Index:
		return index_of(self.host, self.now)

	def look_up(self, messages: Iterable[SocialMessage]) -> None:
		"""Suggestions for all of them at once, before any transaction: the encoder is slow, and faster for many. Without it
		each is looked up when it is needed."""
		if not encoder.is_installed() or Can.ARTICLES not in self.host.desk.can:
			return
		asked = [message for message in messages if message.text]
		texts, path = [message.text for message in asked], self.host.cache / "article_vectors.npz"
		found = suggest_in_background(self.articles, texts, path)
		self._suggested |= {message.name: some for message, some in zip(asked, found, strict=True)}

	def suggestions(self, message: SocialMessage) -> list[match.Suggestion]:
		"""As looked up; by words only if it was not."""
		if Can.ARTICLES not in self.host.desk.can:
			return []
		known = self._suggested.get(message.name)
		return self.articles.suggest(message.text) if known is None else known

	def verdict(self, message: SocialMessage) -> Verdict:
		"""Judged once, however often it is asked for."""
		if message.name not in self._verdicts:
			usual = self._usual_language(message)
			judged = judge(message, self.rules, self.languages, self.host.zone, self.reader, usual=usual)
			self._verdicts[message.name] = self.heard.verdict(message, judged, self.host.zone)
		return self._verdicts[message.name]

	def _usual_language(self, message: SocialMessage) -> str:
		"""In which its author wrote in this thread before: asked only for a few words, which tell little by themselves."""
		if message.language or not message.parent_id or len(message.text) > FEW_LETTERS:
			return ""
		thread = {"channel": message.channel, "thread_id": message.thread_id, "author_id": message.author_id}
		earlier = self.host.store.find(
			SocialMessage, {**thread, "sent_at": Before(message.sent_at)}, order="-sent_at", limit=3
		)
		return next((one.language for one in earlier if one.language), "")

	def priority(self, verdict: Verdict) -> str:
		"""By what is said, never by how many read it."""
		urgent = self.settings.urgent_priority if verdict.is_urgent else ""
		return verdict.priority or urgent or self.channel.priority


def the_reader(host: Host) -> Reader:
	"""Of the site, whatever the channel."""
	return reader_for(host, the_settings(host))


def reader_for(host: Host, settings: SocialServiceSettings, account: Account | None = None) -> Reader:
	"""The site's model with its miss budget. People call the company as the settings say, and as its account is called."""
	names = (*brand_of(settings), *(filter(None, (account.handle, account.name)) if account else ()))
	return reader_with(model_of(host), settings.miss_budget, names, shares_of(host))
