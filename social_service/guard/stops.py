"""Why an answer can't go out as it stands. Each says what to change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from social_service.audience import must_choose, permission
from social_service.guard.case import Case, Objection
from social_service.guard.privacy import Personal, found_in
from social_service.hosts.base import Host
from social_service.records import Visibility
from social_service.sentence import Sentence, _
from social_service.settings import SocialChannel, SocialVoice
from social_service.site_settings import the_settings
from social_service.voice import says_nothing

SAME_TEXT = timedelta(minutes=10)
MOST_TOLD = 3
EMPTY = "empty"
MADE_UP = "@social.invalid"


def stops_of(case: Case) -> Iterator[Objection]:
	for key, why in STOPS.items():
		if sentence := why(case):
			yield Objection(key, sentence)
	yield from _personal(case)


def channel_asleep(host: Host, channel: SocialChannel | None) -> Sentence | None:
	"""Why nothing may leave through this channel now."""
	if channel is None:
		return _("The channel of this ticket does not exist any more. Answer on the network itself.")
	if the_settings(host).stop_publishing:
		return _(
			"All publishing is stopped in Social Service Settings. Your text stays; send it when it is on again."
		)
	if channel.stop_publishing:
		return _("Publishing on {0} is stopped. Your text stays; send it when it is on again.", channel.title)
	if channel.parked.strip():
		return _("The channel {0} is parked: {1}", channel.title, channel.parked.strip())
	if not channel.enabled:
		return _("The channel {0} is disabled. Enable it, or answer on the network itself.", channel.title)
	if channel.dry_run:
		return _(
			"The channel {0} is in dry run: nothing leaves. Switch dry run off to answer.", channel.title
		)
	return None


def _asleep(case: Case) -> Sentence | None:
	return channel_asleep(case.host, case.channel) or case.no_driver


def _not_allowed(case: Case) -> Sentence | None:
	if case.driver is None:
		return None
	may = permission(case.driver, case.message)
	if may.allowed:
		return None
	return may.reason or _("{0} does not let us answer this post. Open it there.", case.driver.label)


def _empty(case: Case) -> Sentence | None:
	if not case.text:
		return _("There is no text to publish. Write an answer first.")
	rows = case.host.store.find(SocialVoice, {}, order="name", limit=1000)
	if says_nothing(case.text, rows):
		return _("There is nothing between the greeting and the sign-off. Write an answer first.")
	return None


def _must_choose(case: Case) -> Sentence | None:
	if not must_choose(case.host, case.message):
		return None
	return _(
		"The customer wrote in public, and this ticket holds what was said in private. Choose above the answer who reads it."
	)


def _made_up(case: Case) -> Sentence | None:
	"""A saved reply or a copied line may carry it."""
	if MADE_UP not in case.text.lower():
		return None
	return _(
		"{0} is no address of the customer: it stands for their account here. Take it out.", f"…{MADE_UP}"
	)


def _too_long(case: Case) -> Sentence | None:
	if case.driver is None or not case.text:
		return None
	length = case.driver.measure(case.replied.text, case.message.as_served())
	if length.fits:
		return None
	return _(
		"Too long for {0} by {1}: {2} of {3} {4}.",
		case.driver.label,
		length.used - length.limit,
		length.used,
		length.limit,
		length.unit,
	)


def _said_already(case: Case) -> Sentence | None:
	"""Two clicks on Send are one answer."""
	recent = (one for one in case.replies if one.queued_at >= case.now - SAME_TEXT)
	if case.text and any(one.text.split() == case.text.split() for one in recent):
		return _("The same answer is on its way already or was published a moment ago.")
	return None


def _personal(case: Case) -> Iterator[Objection]:
	"""What is somebody's own must not be read by everybody, whoever typed it."""
	if case.message.visibility is not Visibility.PUBLIC:
		return
	patterns = case.settings.private_patterns.splitlines()
	public = case.settings.public_contacts.splitlines()
	for one in found_in(_without_our_link(case), patterns, public)[:MOST_TOLD]:
		yield Objection(f"personal:{one.text}", _tells_too_much(one))


def _without_our_link(case: Case) -> str:
	"""Where customers can write to us holds our account's number, which may look like a card's."""
	link = case.driver and case.driver.private_link(case.message.as_served())
	return case.text.replace(link, " ") if link else case.text


def _tells_too_much(found: Personal) -> Sentence:
	return _(
		"Everybody would read {0}: {1}. Take it out, or choose “Ask for a private message”. If it is your company's own, "
		"an admin allows it in Social Service Settings.",
		found.kind,
		found.text,
	)


STOPS: dict[str, Callable[[Case], Sentence | None]] = {
	"asleep": _asleep,
	EMPTY: _empty,
	"audience": _must_choose,
	"made up": _made_up,
	"window": _not_allowed,
	"length": _too_long,
	"said": _said_already,
}
