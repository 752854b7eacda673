"""Policies as Helpdesk's agreements: which one a ticket gets, its deadlines to the minute, and whose agreements we touch."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from itertools import product

import frappe
import pytest
from frappe.utils import get_datetime
from helpdesk.helpdesk.doctype.hd_service_level_agreement.utils import get_sla
from helpdesk.utils import get_context

from social_service import sla, tasks
from social_service.history import Happened
from social_service.hosts.frappe_store import to_site_time
from social_service.hosts.helpdesk_promises import AGREEMENT, NO_HOLIDAYS, POLICY, forget_promises, policies
from social_service.records import Happening, Kind
from social_service.settings import Facts, visibility_of
from social_service.sla.keeping import changed
from tests.host.promising import HOUR, MINUTE

SATURDAY = datetime(2026, 1, 10, 11, 0, tzinfo=timezone.utc)  # noon in Berlin


def agreement_of(policy) -> frappe.model.document.Document:
	return frappe.get_doc(AGREEMENT, frappe.db.get_value(POLICY, policy.name, "agreement"))


def since_the_post(ticket, field: str = "response_by") -> int:
	passed = get_datetime(ticket.get(field)) - get_datetime(ticket.service_level_agreement_creation)
	return round(passed.total_seconds())


def names_whose_condition_is_true(ticket) -> set[str]:
	found = frappe.get_all(
		AGREEMENT, {"enabled": 1, "default_sla": 0, "condition": ["!=", ""]}, ["name", "condition"]
	)
	return {one.name for one in found if frappe.safe_eval(one.condition, None, get_context(ticket))}


# --- a new site ---------------------------------------------------------------------------------------------


def test_a_new_site_promises_30_minutes_in_private_and_60_in_public(helpdesk):
	assert helpdesk.seeds == {one.title: f"Social: {one.title}" for one in sla.DEFAULTS}
	private, public = helpdesk.ticket(Kind.DIRECT_MESSAGE), helpdesk.ticket(Kind.MENTION)
	assert (private.sla, since_the_post(private)) == ("Social: Private messages", 30 * MINUTE)
	assert (public.sla, since_the_post(public)) == ("Social: Public posts", 60 * MINUTE)
	assert since_the_post(public, "resolution_by") == 24 * HOUR
	assert {private.agreement_status, public.agreement_status} == {"First Response Due"}


def test_a_mail_keeps_the_default_agreement(helpdesk):
	mail = helpdesk.add("HD Ticket", subject="Hello", raised_by="maria@example.com")
	assert mail.sla == "Default"


# --- what becomes of a policy ---------------------------------------------------------------------------------


def test_a_policy_becomes_an_agreement(helpdesk):
	policy = helpdesk.policy(channel=helpdesk.channel, visibility="private", resolution=2 * HOUR)
	made = agreement_of(policy)
	assert policy.agreement == made.name == f"Social: {policy.title}"
	assert (
		made.condition
		== f'doc.social_channel == "{helpdesk.channel}" and doc.social_kind == "direct message"'
	)
	assert json.loads(made.condition_json)[2] == ["social_kind", "==", "direct message"]
	assert {(row.response_time, row.resolution_time) for row in made.priorities} == {(600, 7200)}
	assert {row.priority for row in made.priorities} == set(
		frappe.get_all("HD Ticket Priority", pluck="name")
	)
	assert len(made.support_and_resolution) == 7 and made.holiday_list == NO_HOLIDAYS
	assert made.enabled and made.apply_sla_for_resolution and not made.default_sla


@pytest.mark.parametrize("priority", ["Low", "Urgent"])
def test_every_priority_has_the_promise(helpdesk, priority):
	policy = helpdesk.policy(channel=helpdesk.channel)
	ticket = helpdesk.ticket(Kind.MENTION)
	ticket.priority = priority
	ticket.save()
	assert (ticket.sla, since_the_post(ticket)) == (policy.agreement, 10 * MINUTE)


def test_around_the_clock_and_in_service_hours(helpdesk):
	policy = helpdesk.policy(channel=helpdesk.channel)
	noon = to_site_time(SATURDAY)
	assert get_datetime(helpdesk.ticket(Kind.MENTION, SATURDAY).response_by) == noon + timedelta(minutes=10)
	policy.hours_of = "Default"  # Monday to Friday, 10 to 18
	policy.save()
	monday = datetime(2026, 1, 12, 10, 10)
	assert get_datetime(helpdesk.ticket(Kind.MENTION, SATURDAY).response_by) == monday


def test_for_whatever_post_exactly_one_condition_is_true(helpdesk):
	helpdesk.policy(title="private anywhere", sort_order=40, visibility="private")
	helpdesk.policy(title="this channel", sort_order=50, channel=helpdesk.channel)
	helpdesk.policy(title="the other in public", sort_order=30, channel=helpdesk.other, visibility="public")
	helpdesk.policy(title="off", sort_order=1, enabled=0)
	standing = policies()
	for channel, kind in product((helpdesk.channel, helpdesk.other, "third"), Kind):
		ticket = frappe.new_doc("HD Ticket", social_channel=channel, social_kind=kind.value)
		facts = Facts(channel, visibility_of(kind), kind)
		expected = sla.policy_for(facts, standing).agreement
		assert names_whose_condition_is_true(ticket) == {expected}, (channel, kind)
		assert get_sla(ticket).name == expected
	assert names_whose_condition_is_true(frappe.new_doc("HD Ticket")) == set()


# --- when something changes ---------------------------------------------------------------------------------


def test_deadlines_of_waiting_tickets_follow_and_nothing_else_of_them_changes(helpdesk):
	ticket, answered = helpdesk.ticket(Kind.MENTION), helpdesk.ticket(Kind.MENTION)
	there = Happened(answered.name, Happening.ANSWERED_THERE, tasks.now() - timedelta(minutes=1))
	with helpdesk.host.transaction():
		changed(helpdesk.host, [there], tasks.now())
	policy = helpdesk.policy(channel=helpdesk.channel, first_response=2 * MINUTE)
	helpdesk.job_runs()
	before, after = ticket, frappe.get_doc("HD Ticket", ticket.name)
	assert (after.sla, since_the_post(after)) == (policy.agreement, 2 * MINUTE)
	assert after.agreement_status == "Failed"  # the post is five minutes old
	assert after.modified == before.modified
	assert since_the_post(frappe.get_doc("HD Ticket", answered.name)) == 60 * MINUTE
	policy.first_response = 20 * MINUTE
	policy.save()
	helpdesk.job_runs()
	ticket.reload()
	assert (since_the_post(ticket), ticket.agreement_status) == (20 * MINUTE, "First Response Due")
	policy.delete()
	helpdesk.job_runs()
	ticket.reload()
	assert (ticket.sla, since_the_post(ticket)) == ("Social: Public posts", 60 * MINUTE)


def test_a_ticket_that_helpdesk_refuses_stops_no_other(helpdesk):
	odd, ticket = helpdesk.ticket(Kind.MENTION), helpdesk.ticket(Kind.MENTION)
	odd.db_set("priority", "Gone")
	helpdesk.policy(channel=helpdesk.channel)
	helpdesk.job_runs()
	assert since_the_post(frappe.get_doc("HD Ticket", ticket.name)) == 10 * MINUTE


def test_a_new_title_is_the_agreements_too_and_tickets_keep_their_link(helpdesk):
	policy = helpdesk.policy(channel=helpdesk.channel)
	ticket, old = helpdesk.ticket(Kind.MENTION), policy.agreement
	policy.title = f"New <{policy.title}>"
	policy.save()
	assert policy.agreement == "Social: " + policy.title.replace("<", "‹").replace(">", "›")
	assert frappe.db.get_value("HD Ticket", ticket.name, "sla") == policy.agreement
	assert not frappe.db.exists(AGREEMENT, old)


def test_off_is_off_and_makes_room(helpdesk):
	policy = helpdesk.policy(channel=helpdesk.channel)
	policy.enabled = 0
	policy.save()
	assert not agreement_of(policy).enabled
	assert helpdesk.ticket(Kind.MENTION).sla == "Social: Public posts"
	policy.enabled = 1
	policy.save()
	assert helpdesk.ticket(Kind.MENTION).sla == policy.agreement


def test_an_agreement_is_deleted_with_its_policy_unless_tickets_stand_under_it(helpdesk):
	unused = helpdesk.policy(channel=helpdesk.other)
	used = helpdesk.policy(channel=helpdesk.channel)
	helpdesk.ticket(Kind.MENTION)
	for policy in (unused, used):
		policy.delete()
	assert not frappe.db.exists(AGREEMENT, unused.agreement)
	assert frappe.db.get_value(AGREEMENT, used.agreement, "enabled") == 0
	again = helpdesk.policy(title=used.title, channel=helpdesk.channel)
	assert again.agreement == used.agreement and agreement_of(again).enabled


def test_service_hours_and_priorities_of_the_helpdesk_are_followed(helpdesk):
	policy = helpdesk.policy(channel=helpdesk.channel, hours_of="Default")
	default = frappe.get_doc(AGREEMENT, "Default")
	default.support_and_resolution[0].start_time = "09:00:00"
	default.save()
	assert str(agreement_of(policy).support_and_resolution[0].start_time) == "9:00:00"
	new = frappe.get_doc({"doctype": "HD Ticket Priority", "name": "Test now", "integer_value": 1}).insert()
	assert new.name in {row.priority for row in agreement_of(policy).priorities}
	frappe.db.rollback()


# --- what is the site's stays the site's ---------------------------------------------------------------------


def test_what_the_policy_does_not_say_is_the_sites(helpdesk):
	policy = helpdesk.policy(channel=helpdesk.channel)
	made = agreement_of(policy)
	made.default_ticket_status, made.condition = "Replied", "True"
	for row in made.priorities:
		row.default_priority, row.response_time = int(row.priority == "High"), 1
	made.save()
	policy.promise = "Soon"
	policy.save()
	made.reload()
	assert (made.default_ticket_status, made.default_priority) == ("Replied", "High")
	assert made.condition != "True" and {row.response_time for row in made.priorities} == {600}
	assert made.description == "Social SLA Policy: Soon"


def test_what_is_as_it_should_be_is_not_written_again(helpdesk):
	policy = helpdesk.policy(channel=helpdesk.channel)
	names = [policy.agreement, *helpdesk.seeds.values()]
	before = {name: frappe.db.get_value(AGREEMENT, name, "modified") for name in names}
	helpdesk.policy(channel=helpdesk.other, visibility="private")
	written = {name for name in names if frappe.db.get_value(AGREEMENT, name, "modified") != before[name]}
	assert written == {"Social: Crisis", "Social: Private messages"}


def test_agreements_that_people_made_are_not_touched(helpdesk):
	theirs = frappe.copy_doc(frappe.get_doc(AGREEMENT, "Default"))
	theirs.update({"service_level": "Social: VIP", "default_sla": 0, "condition": "doc.subject == 'VIP'"})
	theirs.insert()
	with pytest.raises(frappe.ValidationError, match="an agreement called Social: VIP already"):
		helpdesk.policy(title="VIP", channel=helpdesk.channel)
	frappe.db.rollback()


@pytest.mark.parametrize("name", ["Default", "Social: Public posts"])
def test_no_form_says_which_agreement_is_ours(helpdesk, name):
	policy = helpdesk.policy(channel=helpdesk.channel, agreement=name)
	assert policy.agreement == f"Social: {policy.title}"
	own = policy.agreement
	policy.agreement = name
	policy.save()
	assert policy.agreement == own


@pytest.mark.parametrize(
	("values", "said"),
	[
		({"first_response": 0}, "Enter how soon"),
		({"resolution": 5 * MINUTE}, "can't be due before the first response"),
		({"title": "public POSTS"}, "called public POSTS already"),
		({"sort_order": 920}, "Public posts fits some of the same posts"),
		({"sort_order": 999, "visibility": "private"}, "Private messages comes first"),
		({"hours_of": "Social: Public posts"}, "made from a policy"),
	],
)
def test_refused_with_a_sentence_that_says_what_to_change(helpdesk, values, said):
	with pytest.raises(frappe.ValidationError, match=said):
		helpdesk.policy(**values)


# --- the app goes -------------------------------------------------------------------------------------------


def test_without_the_app_no_agreement_of_ours_is_on(helpdesk):
	ticket = helpdesk.ticket(Kind.MENTION)
	ours = [
		policy.agreement for policy in policies() if policy.agreement
	]  # not what an older policy left behind
	forget_promises()
	left = frappe.get_all(AGREEMENT, {"name": ["in", ours]}, ["name", "enabled"])
	assert {"name": "Social: Public posts", "enabled": 0} in left
	assert not any(one.enabled for one in left)
	kept = set(frappe.get_all("HD Ticket", {"sla": ["in", ours]}, pluck="sla"))
	assert {one.name for one in left} == kept, "one that no ticket names is gone"
	ticket.reload()
	ticket.save()
	assert ticket.sla == "Default"
	frappe.db.rollback()
