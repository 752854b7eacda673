"""Which fate is a message's: what no ticket can be about, what joins one, what opens one."""

from __future__ import annotations

from social_service import switching
from social_service.conversation import ticket_so_far
from social_service.decider import Decider
from social_service.ledger import SocialMessage
from social_service.native import note_native_answer
from social_service.records import Fate, Need
from social_service.sentence import Sentence, _
from social_service.ticket.fate import give_fate
from social_service.ticket.opening import join, may_join, open_ticket


def settle(decider: Decider, message: SocialMessage) -> None:
	if message.is_own:
		note_native_answer(decider.host, message)
	settled = fate_without_ticket(decider, message)
	if settled:
		give_fate(decider, message, *settled)
		return
	verdict = decider.verdict(message)
	known = ticket_so_far(decider.host, message)
	days = decider.settings.reopen_private_days
	switch = switching.switch_of(decider.host, decider.channel, message, known, days)
	if switch and may_join(decider, message, switch.ticket):
		join(decider, message, switch.ticket, verdict, switch)
	elif known and may_join(decider, message, known):
		join(decider, message, known, verdict)
	elif verdict.need is Need.NONE or decider.channel.dry_run:
		dry = decider.channel.dry_run and verdict.need is not Need.NONE
		reason = _("Dry run: it would have opened a ticket. {0}", verdict.reason) if dry else verdict.reason
		give_fate(decider, message, Fate.WATCHED, reason, verdict)
	else:
		open_ticket(decider, message, verdict, follows=known.name if known else "")


def fate_without_ticket(decider: Decider, message: SocialMessage) -> tuple | None:
	"""(fate, reason, verdict) of what no ticket can be about. Writes nothing."""
	plain = _plaingive_fate(decider, message)
	if plain:
		return (*plain, None)
	verdict = decider.verdict(message)
	if verdict.is_spam or not verdict.concerns:
		return Fate.IGNORED, verdict.reason, verdict
	return None


def _plaingive_fate(decider: Decider, message: SocialMessage) -> tuple[Fate, Sentence] | None:
	"""What needs no judgement of the words."""
	if message.is_own:
		return Fate.IGNORED, _("Our own post")
	if message.is_repost:
		return Fate.IGNORED, _("A repost says nothing new")
	if message.deleted_at:
		return Fate.IGNORED, _("Its author deleted it before we read it")
	if not message.author_id:
		return Fate.FAILED, _("The network did not say who wrote this post. Open it there: {0}", message.url)
	if decider.heard.asks_for(message):
		return None
	if message.handle and message.handle == decider.channel.canary.strip().removeprefix("@"):
		return Fate.IGNORED, _("The canary of this channel: it shows that posts arrive")
	if message.is_bot and not message.is_addressed:
		return Fate.IGNORED, _("Written by a bot that does not speak to us")
	began = decider.began.get(message.stream)
	if began and message.sent_at < began:
		return Fate.WATCHED, _("Written before we listened here")
	return None
