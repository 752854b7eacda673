"""What of an agent's editor is published: the words, not the signature, not the mail below."""

from __future__ import annotations

import pytest

from social_service.overrides.reply_text import has_pictures, plain_text

SIGNATURE = '<div class="ql-editor read-mode"><p>-- </p><p>Alex Agent<br>ACME Care</p></div>'
QUOTED = '<p class="reply-to-content"></p><blockquote><p>my order is broken</p></blockquote>'

CASES = (
	("<p>Hello</p>", "Hello"),
	("<p>Hello<br></p><p>-- <br>Alex Agent<br>ACME Care</p>", "Hello"),
	("<p>Hello<br>--<br>Alex Agent<br>ACME   Care</p>", "Hello"),
	(f"<p>Hello</p>{SIGNATURE}{QUOTED}", "Hello"),
	(f"<p>Hello</p>{QUOTED}<p>-- <br>Alex Agent<br>ACME Care</p>", "Hello"),
	(f"<div><p>Hello</p>{QUOTED}</div><p>quoted too</p>", "Hello"),
	("<p>Hello</p><blockquote>our own quote</blockquote>", "Hello\n\nour own quote"),
	("<p>Alex Agent will help you</p>", "Alex Agent will help you"),
	("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
	("<ul><li>one</li><li><p>two</p></li></ul>", "- one\n\n- two"),
	('<p>See <a href="https://a.example/help">our page</a>.</p>', "See our page https://a.example/help."),
	('<p><a href="https://a.example/x">https://a.example/x</a></p>', "https://a.example/x"),
	('<p><a href="https://a.example/x">a.example/x</a></p>', "https://a.example/x"),
	('<p><a href="mailto:care@a.example">care@a.example</a></p>', "care@a.example"),
	("<p>5 &lt; 6 &amp; 7&nbsp;€ <b>bold</b> 👩‍👩‍👧</p>", "5 < 6 & 7 € bold 👩‍👩‍👧"),
	("<p>text<!-- a comment --></p>", "text"),
	("plain words", "plain words"),
	(SIGNATURE, ""),
	("", ""),
)


@pytest.mark.parametrize(("message", "wanted"), CASES)
def test_the_words_of_the_agent(message, wanted):
	assert plain_text(message, SIGNATURE) == wanted


def test_without_a_signature_everything_stays():
	assert plain_text("<p>Hello<br>-- <br>Alex</p>", "") == "Hello\n--\nAlex"


def test_pictures_are_noticed_unless_they_are_quoted():
	assert has_pictures('<p>Look <img src="/private/files/a.png"></p>')
	assert not has_pictures(
		'<p>Hi</p><p class="reply-to-content"></p><blockquote><img src="/a.png"></blockquote>'
	)
