"""Knowledge: who else says the same, what a click teaches, what nobody has written yet, a draft from a ticket."""

from __future__ import annotations

from social_service import knowledge
from social_service.records import Author

OUTAGE = "Since this morning my router only blinks red and nothing works, please help"


def more_like(desk, ticket="1", teams=None):
	return knowledge.more_like(desk.host, ticket, desk.clock, teams)


# --- more like this -----------------------------------------------------------------------------------------


def test_others_who_say_the_same_are_found_newest_first_and_once_each(desk):
	desk.world.post(1, OUTAGE)
	desk.world.post(2, OUTAGE.lower() + " 😡", by="bob", minutes=4)
	desk.world.post(3, f"@company {OUTAGE}!!", by="ada", minutes=5)
	desk.world.post(4, OUTAGE, by="ada", minutes=6, thread_id="another")
	desk.world.post(5, "Where is my refund?", by="eve", minutes=7)
	desk.round()
	found = more_like(desk)
	assert [(one.handle, one.network) for one in found] == [("ada", "Memory"), ("bob", "Memory")]
	assert found[0].text == OUTAGE and found[0].sent_at > found[1].sent_at
	assert all(one.ticket and one.ticket != "1" for one in found)


def test_what_is_old_ours_passed_on_or_taken_back_is_not_like_it(desk):
	desk.world.post(1, OUTAGE, by="old", minutes=-60 * 24 * 8)
	desk.world.post(2, OUTAGE, by="company", is_own=True)
	desk.world.post(3, OUTAGE, by="echo", is_repost=True)
	desk.world.post(4, OUTAGE, by="gone")
	desk.world.post(5, OUTAGE)
	desk.round()
	desk.host.store.change(desk.message("p4"), deleted_at=desk.clock())
	assert more_like(desk, desk.message("p5").ticket) == []


def test_an_agent_of_one_team_is_shown_the_posts_of_that_team(desk):
	for number, by in enumerate(("maria", "bob", "ada"), start=1):
		desk.world.post(number, OUTAGE, by=by)
	desk.round()
	desk.host.store.change(desk.message("p2"), team="Billing")
	assert [one.handle for one in more_like(desk, teams=frozenset({""}))] == ["ada"]
	assert [one.handle for one in more_like(desk, teams=frozenset({"Billing"}))] == ["bob"]
	assert more_like(desk, teams=frozenset()) == []


def test_somebody_without_a_handle_is_called_by_name_and_a_lost_network_by_its_code(desk):
	desk.world.post(1, OUTAGE)
	desk.world.post(2, OUTAGE, author=Author("id-9", "", "Frau Berg"))
	desk.round()
	desk.host.store.change(desk.channel, driver="nowhere")
	assert [(one.handle, one.network) for one in more_like(desk)] == [("Frau Berg", "nowhere")]


def test_in_a_flood_only_the_newest_are_looked_at(desk, monkeypatch):
	monkeypatch.setattr(knowledge, "MOST_POSTS", 10)
	for number in range(1, 41):
		desk.world.post(number, OUTAGE, by=f"person{number}", minutes=-60 * 4 * (40 - number))
	desk.round()
	newest = desk.message("p40").ticket or "1"
	found = more_like(desk, newest)
	assert 3 <= len(found) <= 10


def test_a_ticket_that_no_network_knows_is_like_nothing(desk):
	assert more_like(desk, "404") == []
