"""X's texts beside their length, which `tests/lengths` looks at: names in front, what is read back, links."""

import pytest

from social_service.channels.x.text import comparable, has_link, weighted_length, without_leading_mentions


@pytest.mark.parametrize(
	("text", "handles", "left"),
	[
		("@jo hello", ["jo"], "hello"),
		("@Jo @jo hello @jo", ["jo"], "hello @jo"),
		("@other hello", ["jo"], "@other hello"),
		("@jo @other hello", None, "hello"),
		("hello @jo", None, "hello @jo"),
		("@jo", ["jo"], ""),
		("@jo's phone", ["jo"], "@jo's phone"),
	],
)
def test_names_in_front_of_a_reply_weigh_nothing(text, handles, left):
	assert without_leading_mentions(text, handles) == left


@pytest.mark.parametrize(
	("sent", "read_back"),
	[
		("Sorry!  See\nexample.com/help", "@jo Sorry! See http://example.com/help"),
		("https://www.example.com/", "@jo @al https://example.com"),
		("Gru\u0308ße", "@jo Grüße"),
	],
)
def test_what_x_reads_back_compares_equal_to_what_we_sent(sent, read_back):
	assert comparable(sent) == comparable(read_back)


def test_different_texts_and_links_stay_different():
	assert comparable("see example.com/a") != comparable("see example.com/b")
	assert comparable("yes") != comparable("no")


def test_a_text_that_is_far_too_long_is_not_searched_for_links():
	assert weighted_length("日" * 20_001) == 20_001
	assert weighted_length("a." * 50_000) == 100_000


@pytest.mark.parametrize(
	("text", "length"),
	[
		("日" * 9_990 + ".com", 19_984),  # one label that is too long for a name
		("日a.com/" * 2_000, 2_000 * 25),
		("_a.de" * 2_000, 2_000 * 1 + 2_000 * 4),
		("https://example.com/" + "(a" * 5_000, 23 + 9_999 + 1),
	],
	ids=("one label", "many links", "many underscores", "many brackets"),
)
def test_links_are_found_in_time_in_whatever_text(text, length):
	assert weighted_length(text) == length


def test_links_are_seen_also_without_a_scheme():
	assert has_link("see example.com") and has_link("https://a.example.org/x")
	assert not has_link("we open at 10.30, e.g. on Monday") and not has_link("me@example.com")
