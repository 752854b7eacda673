"""The one place that talks HTTP, over a real server on this machine: each way to fail is one of our errors, no call
reaches an address inside, and nothing secret stands in what is shown."""

from __future__ import annotations

import contextlib
import gzip
import ipaddress
import json
import logging
import shutil
import socket
import ssl
import subprocess
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
import responses

from social_service.channels import http, session
from social_service.channels.errors import (
	Ambiguous,
	AuthFailed,
	AuthProblem,
	ChannelError,
	PayloadInvalid,
	Rejected,
	Throttled,
	Unavailable,
)
from social_service.channels.http import Http, guarded_session, wait_seconds
from tests.kit.driving import HTML, Failure, assert_is, assert_speaks, closed_address

HERE = "127.0.0.1"
TOKEN, IN_QUERY, IN_BODY = "tok-5ecret-1", "qry-5ecret-2", "bdy-5ecret-3"
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=timezone.utc)
Answer = Callable[[socket.socket], None]


def http_answer(status: int, body: str | bytes = "", headers: str = "") -> bytes:
	body = body.encode() if isinstance(body, str) else body
	head = f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{headers}\r\n"
	return head.encode() + body


class Wire:
	"""A server that answers every call with what the test tells it, byte by byte if need be."""

	def __init__(self, family: int = socket.AF_INET) -> None:
		self.answer: Answer = lambda connection: connection.sendall(http_answer(200, "{}"))
		self.requests: list[bytes] = []
		host = HERE if family == socket.AF_INET else "::1"
		self.socket = socket.create_server((host, 0), family=family)
		self.port = self.socket.getsockname()[1]
		self.url = f"http://{host if family == socket.AF_INET else '[::1]'}:{self.port}"
		threading.Thread(target=self._serve, daemon=True).start()

	def says(self, status: int, body: str | bytes = "", headers: str = "") -> None:
		self.answer = lambda connection: connection.sendall(http_answer(status, body, headers))

	def _serve(self) -> None:
		with contextlib.suppress(OSError):  # closed by the test
			while True:
				connection, _place = self.socket.accept()
				threading.Thread(target=self._one, args=(connection,), daemon=True).start()

	def _one(self, connection: socket.socket) -> None:
		with connection, contextlib.suppress(OSError):
			self.requests.append(connection.recv(65_536))
			self.answer(connection)


@pytest.fixture
def wire() -> Iterator[Wire]:
	wire = Wire()
	yield wire
	wire.socket.close()


def failing(url: str, method: str = "GET", *, allowed=(HERE,)) -> ChannelError:
	"""The error of a call that carries a secret in its header, its query and its body."""
	body = {"text": IN_BODY} if method == "POST" else None
	with pytest.raises(ChannelError) as raised:
		Http(guarded_session(allowed)).call(
			method,
			url,
			params={"q": IN_QUERY},
			json_body=body,
			headers={"Authorization": f"Bearer {TOKEN}"},
		)
	shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + repr(vars(raised.value))
	assert not [secret for secret in (TOKEN, IN_QUERY, IN_BODY) if secret in shown]
	assert_speaks(raised.value)
	return raised.value


# --- what a status means ------------------------------------------------------------------------------------

STATUSES = (
	("GET", Failure(500, HTML, Unavailable, {"retryable": True, "status": 500})),
	("GET", Failure(503, "", Unavailable)),
	("GET", Failure(599, "{}", Unavailable)),
	("POST", Failure(500, HTML, Ambiguous)),
	("POST", Failure(502, "", Ambiguous)),
	("DELETE", Failure(504, "", Ambiguous)),
	("GET", Failure(401, "{}", AuthFailed, {"problem": AuthProblem.REVOKED})),
	("POST", Failure(403, HTML, AuthFailed, {"problem": AuthProblem.PERMISSION})),
	("GET", Failure(404, "", Rejected, {"reason": "gone"})),
	("POST", Failure(410, "", Rejected, {"reason": "gone"})),
	("GET", Failure(400, "{}", Rejected, {"reason": "refused", "retryable": False})),
	("POST", Failure(422, "{}", Rejected, {"reason": "refused"})),
	("POST", Failure(429, "", Throttled, {"retry_after": 60.0})),
	("GET", Failure(200, HTML, PayloadInvalid)),
	("GET", Failure(200, '{"data": [', PayloadInvalid)),
	("GET", Failure(200, "[" * 200_000, PayloadInvalid)),
	("GET", Failure(200, "\u00ff\u0000", PayloadInvalid)),
	("GET", Failure(200, "null", PayloadInvalid)),
	("POST", Failure(200, HTML, Ambiguous)),
	("POST", Failure(201, '{"id": ', Ambiguous)),
	("POST", Failure(301, "", Rejected, {"reason": "redirects"}, {"Location": "https://new.example/"})),
	("POST", Failure(307, HTML, Rejected, {"reason": "redirects"}, {"Location": "https://new.example/"})),
	("GET", Failure(304, "", Rejected, {"reason": "redirects"})),
)


@pytest.mark.parametrize(("method", "row"), STATUSES, ids=lambda one: getattr(one, "status", one))
def test_each_status_is_the_right_error(wire, method, row):
	wire.says(row.status, row.text, "".join(f"{name}: {value}\r\n" for name, value in row.headers.items()))
	assert_is(failing(wire.url, method), row)
	assert len(wire.requests) == 1, "it was asked twice"


@pytest.mark.parametrize(
	("status", "body", "told"),
	[(200, '{"a": "ä"}', {"a": "ä"}), (201, "[1]", [1]), (204, "", None), (200, "  \n", None)],
)
def test_an_answer_has_its_json_or_none_when_empty(wire, status, body, told):
	wire.says(status, body, "X-Rate: 7\r\n")
	answer = Http(guarded_session([HERE])).get(wire.url)
	assert (answer.status, answer.json, answer.headers["x-rate"]) == (status, told, "7")


def test_an_unreadable_answer_keeps_only_its_beginning_and_quickly(wire):
	wire.says(200, b"\xe4\xc3 what? " * 400_000)
	start = time.monotonic()
	error = failing(wire.url)
	assert time.monotonic() - start < 2, "guessing the encoding of megabytes holds the worker"
	assert len(error.raw) <= 500


def test_a_networks_own_table_comes_first():
	def classify(response, body):
		return Rejected("not summoned", "The author did not mention us.") if body == {"code": 7} else None

	with responses.RequestsMock() as mock:
		mock.post("https://network.example/", json={"code": 7}, status=403)
		mock.post("https://network.example/", json={"code": 8}, status=403)
		mock.post("https://network.example/", json={"code": 7}, status=200)
		ours = Http(guarded_session(), classify)
		for error in (Rejected, AuthFailed, Rejected):
			with pytest.raises(error):
				ours.call("POST", "https://network.example/")


# --- 429 ----------------------------------------------------------------------------------------------------


def in_seconds(seconds: float) -> datetime:
	return NOON + timedelta(seconds=seconds)


DATE = {"Date": format_datetime(NOON, usegmt=True)}
WAITS = (
	({"Retry-After": "17"}, 17),
	({"Retry-After": " 17 "}, 17),
	({"Retry-After": "1.5"}, 1.5),
	({"Retry-After": format_datetime(in_seconds(90), usegmt=True), **DATE}, 90),
	({"X-RateLimit-Reset": str(int(in_seconds(321).timestamp())), **DATE}, 321),
	({"x-rate-limit-reset": str(int(in_seconds(321).timestamp())), **DATE}, 321),
	({"X-RateLimit-Reset": in_seconds(90).isoformat().replace("+00:00", "Z"), **DATE}, 90),
	({"X-RateLimit-Reset": "2026-05-04T12:01:30.000000Z", **DATE}, 90),
	({"RateLimit-Reset": "45", **DATE}, 45),  # the IETF's draft counts seconds from now
	({"RateLimit-Reset": str(int(in_seconds(45).timestamp())), **DATE}, 45),
	({"Retry-After": "5", "X-RateLimit-Reset": "2026-05-04T12:01:30Z", **DATE}, 5),
	({"X-RateLimit-Reset": str(int(in_seconds(-600).timestamp())), **DATE}, 1),
	({}, 60),
	({"Retry-After": "soon"}, 60),
	({"Retry-After": "-3"}, 60),
	({"X-RateLimit-Reset": ""}, 60),
)


@pytest.mark.parametrize(("headers", "seconds"), WAITS, ids=lambda one: str(one)[:60])
def test_a_429_says_how_long_in_any_format(wire, headers, seconds):
	wire.says(429, "{}", "".join(f"{name}: {value}\r\n" for name, value in headers.items()))
	assert failing(wire.url).retry_after == pytest.approx(seconds, abs=0.001)


@pytest.mark.parametrize(
	"asked", ["9" * 12, "9" * 400, str(int(NOON.timestamp() * 1000)), "9999-12-31T23:59:59Z"]
)
def test_no_network_can_make_us_wait_for_ever(asked):
	for name in ("Retry-After", "X-RateLimit-Reset"):
		assert NOON + timedelta(seconds=wait_seconds({name: asked, **DATE})) <= in_seconds(86_400)


def test_without_a_date_our_own_clock_counts():
	reset = str(int(NOON.timestamp()) + 30)
	assert wait_seconds({"X-RateLimit-Reset": reset}, now=NOON.timestamp()) == 30


# --- the line breaks ----------------------------------------------------------------------------------------


def reset(connection: socket.socket) -> None:
	connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
	connection.close()


def half(connection: socket.socket) -> None:
	connection.sendall(http_answer(200, '{"data": []}')[:-5])


def no_http(connection: socket.socket) -> None:
	connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")


def bad_gzip(connection: socket.socket) -> None:
	connection.sendall(http_answer(200, b"no gzip", "Content-Encoding: gzip\r\n"))


def silence(connection: socket.socket) -> None:
	time.sleep(3)


BREAKS = {"reset": reset, "closed": lambda c: c.close(), "half": half, "no http": no_http, "gzip": bad_gzip}


@pytest.mark.parametrize(("method", "error"), [("GET", Unavailable), ("POST", Ambiguous), ("PUT", Ambiguous)])
@pytest.mark.parametrize("broken", BREAKS)
def test_a_line_that_breaks_after_a_write_may_have_carried_it(wire, broken, method, error):
	wire.answer = BREAKS[broken]
	assert type(failing(wire.url, method)) is error


@pytest.mark.parametrize(("method", "error"), [("GET", Unavailable), ("POST", Ambiguous)])
def test_silence_ends(wire, monkeypatch, method, error):
	monkeypatch.setattr(http, "TIMEOUT", (1.0, 0.2))
	wire.answer = silence
	start = time.monotonic()
	assert type(failing(wire.url, method)) is error
	assert time.monotonic() - start < 2


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_where_nobody_listens_nothing_was_sent(method):
	assert type(failing(closed_address(), method)) is Unavailable


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_name_that_nobody_knows_was_not_asked(monkeypatch, method):
	def unknown(*_args, **_more):
		raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

	monkeypatch.setattr(socket, "getaddrinfo", unknown)
	assert type(failing("https://no-such.example", method)) is Unavailable


@pytest.mark.parametrize(
	"url",
	["", "no address", "ftp://a.example", "http://", "http://[::1", "http://a..b/", "https://*."],
)
def test_what_is_no_address_is_said_so(monkeypatch, url):
	def look_up(name, *_rest, **_more):
		name.encode("idna")  # as the real one does first
		raise socket.gaierror

	monkeypatch.setattr(socket, "getaddrinfo", look_up)
	assert failing(url).reason == "bad address"


# --- slow and large -----------------------------------------------------------------------------------------


def drip(connection: socket.socket) -> None:
	"""Each byte comes well within the timeout between two bytes."""
	connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
	for _byte in range(100):
		connection.sendall(b" ")
		time.sleep(0.05)


def chunked_drip(connection: socket.socket) -> None:
	connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
	for _byte in range(100):
		connection.sendall(b"1\r\n \r\n")
		time.sleep(0.05)


@pytest.mark.parametrize("slowly", [drip, chunked_drip])
def test_a_slow_drip_does_not_hold_a_worker(wire, monkeypatch, slowly):
	monkeypatch.setattr(session, "MAX_SECONDS", 0.3)
	wire.answer = slowly
	start = time.monotonic()
	assert type(failing(wire.url)) is Unavailable
	assert time.monotonic() - start < 2


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "a gzip of zeros"])
def test_a_huge_body_is_not_read_to_its_end(wire, monkeypatch, packed):
	monkeypatch.setattr(session, "MAX_BYTES", 100_000)
	body = b" " * 5_000_000
	sent = []

	def huge(connection):
		told = (
			http_answer(200, gzip.compress(body), "Content-Encoding: gzip\r\n")
			if packed
			else http_answer(200, body)
		)
		for start in range(0, len(told), 50_000):
			connection.sendall(told[start : start + 50_000])
			sent.append(start)

	wire.answer = huge
	assert type(failing(wire.url)) is Unavailable


def test_a_large_body_within_the_limit_comes_whole(wire):
	told = {"text": "ä" * 1_000_000}
	wire.says(200, gzip.compress(json.dumps(told).encode()), "Content-Encoding: gzip\r\n")
	assert Http(guarded_session([HERE])).get(wire.url).json == told


# --- addresses inside ---------------------------------------------------------------------------------------

INSIDE = (
	"127.0.0.1",
	"127.8.9.10",
	"0.0.0.0",
	"10.1.2.3",
	"172.16.0.1",
	"192.168.1.1",
	"169.254.169.254",
	"100.64.0.1",
	"224.0.0.1",
	"255.255.255.255",
	"::1",
	"::",
	"fe80::1",
	"fc00::1",
	"fec0::1",
	"ff02::1",
	"::ffff:127.0.0.1",
	"::ffff:169.254.169.254",
	"::127.0.0.1",
	"64:ff9b::a9fe:a9fe",
	"2002:7f00:1::",
)


def names_lead_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
	"""Every name has these addresses; an address has itself."""

	def resolve(name, port, *_rest, **_more):
		found = [name] if name.replace(".", "").isdigit() or ":" in name else addresses
		return [_place(address, port) for address in found]

	monkeypatch.setattr(socket, "getaddrinfo", resolve)


def _place(address: str, port: int) -> tuple:
	if ":" in address:
		return socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0)
	return socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_not_even_connected_to(monkeypatch, address, method):
	names_lead_to(monkeypatch, address)
	tried = []
	monkeypatch.setattr(socket.socket, "connect", lambda _self, place: tried.append(place))
	error = failing("https://fine-looking.example", method, allowed=())
	assert (type(error), error.reason, tried) == (Rejected, "internal address", [])
	assert "fine-looking.example" in str(error)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_an_address_outside_is_connected_to(monkeypatch, address):
	names_lead_to(monkeypatch, address)
	tried = []

	def refuse(_self, place):
		tried.append(place[0])
		raise ConnectionRefusedError

	monkeypatch.setattr(socket.socket, "connect", refuse)
	assert type(failing("https://outside.example", allowed=())) is Unavailable
	assert tried == [address]


def test_one_address_inside_among_others_is_enough(monkeypatch):
	names_lead_to(monkeypatch, "93.184.216.34", "10.0.0.1")
	assert failing("https://half.example", allowed=()).reason == "internal address"


def test_a_second_answer_of_the_name_server_does_not_slip_through(monkeypatch, wire):
	"""It looks fine when it is checked, and leads inside when it is connected to."""
	names_lead_to(monkeypatch, "93.184.216.34")
	connect = socket.socket.connect
	monkeypatch.setattr(socket.socket, "connect", lambda self, _place: connect(self, (HERE, wire.port)))
	assert failing("http://rebound.example", allowed=()).reason == "internal address"
	assert not any(wire.requests), "something was sent"


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "localhost"])
def test_odd_spellings_of_this_machine_are_inside_too(monkeypatch, wire, host):
	monkeypatch.setattr(socket, "getaddrinfo", lambda _name, port, *_r, **_m: [_place(HERE, port)])
	assert failing(f"http://{host}:{wire.port}", allowed=()).reason == "internal address"
	assert not any(wire.requests)


def test_what_an_admin_allowed_is_called_and_nothing_beside_it():
	other = Wire(socket.AF_INET6)
	assert Http(guarded_session(["::1"])).get(other.url).status == 200
	assert failing(other.url, allowed=(HERE,)).reason == "internal address"
	other.socket.close()


def test_every_address_that_python_calls_not_global_is_refused():
	for address in INSIDE:
		assert not session._is_public(address), address
	assert not session._is_public("fe80::1%eth0")
	assert session._is_public(str(ipaddress.ip_address("2002:5db8:d822::1")))  # 6to4 of 93.184.216.34


# --- redirects ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	"goal", ["http://169.254.169.254/latest/", "http://metadata.example/", "http://[::1]:9/"]
)
def test_a_redirect_to_an_address_inside_is_not_followed(monkeypatch, wire, goal):
	connect, tried = socket.socket.connect, []

	def noted(self, place):
		tried.append(place[0])
		connect(self, place)

	names_lead_to(monkeypatch, "10.0.0.1")
	monkeypatch.setattr(socket.socket, "connect", noted)
	wire.says(302, "", f"Location: {goal}\r\n")
	assert failing(wire.url).reason == "internal address"
	assert tried == [HERE]


def test_a_read_follows_a_redirect_without_taking_the_token_to_another_host(wire):
	goal = Wire(socket.AF_INET6)
	wire.says(302, "", f"Location: {goal.url}/new\r\n")
	answer = Http(guarded_session([HERE, "::1"])).get(wire.url, headers={"Authorization": f"Bearer {TOKEN}"})
	assert answer.json == {}
	assert TOKEN.encode() in wire.requests[0] and TOKEN.encode() not in goal.requests[0]
	goal.socket.close()


def test_a_circle_of_redirects_ends(wire):
	wire.says(302, "", f"Location: {wire.url}/again\r\n")
	assert failing(wire.url).reason == "redirects"
	assert len(wire.requests) == 4


def test_a_write_is_not_carried_on_by_a_redirect(wire):
	goal = Wire()
	wire.says(307, "", f"Location: {goal.url}\r\n")
	assert failing(wire.url, "POST").reason == "redirects"
	assert goal.requests == []
	goal.socket.close()


# --- TLS ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def secure(tmp_path_factory) -> ssl.SSLContext:
	"""A server's side of TLS with a certificate that nobody signed."""
	if not shutil.which("openssl"):
		pytest.skip("openssl is not there to make a certificate")
	folder = tmp_path_factory.mktemp("tls")
	key, certificate = str(folder / "key.pem"), str(folder / "cert.pem")
	asked = ["-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={HERE}", "-addext", f"subjectAltName=IP:{HERE}"]
	subprocess.run(
		["openssl", "req", "-x509", *asked, "-keyout", key, "-out", certificate],
		check=True,
		capture_output=True,
	)
	context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
	context.load_cert_chain(certificate, key)
	context.certificate = certificate
	return context


def https_server(context: ssl.SSLContext, after_request: Answer) -> tuple[str, list[bytes]]:
	server, got = socket.create_server((HERE, 0)), []

	def serve() -> None:
		with contextlib.suppress(OSError), server:
			plain, _place = server.accept()
			kept = socket.fromfd(plain.fileno(), plain.family, plain.type)
			with context.wrap_socket(plain, server_side=True) as talk:
				got.append(talk.recv(65_536))
				after_request(kept)
				time.sleep(0.2)

	threading.Thread(target=serve, daemon=True).start()
	return f"https://{HERE}:{server.getsockname()[1]}", got


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_certificate_that_nobody_signed_gets_nothing(secure, method):
	url, got = https_server(secure, lambda _c: None)
	error = failing(url, method)
	assert type(error) is Unavailable and "certificate" in str(error)
	assert got == []


@pytest.mark.parametrize(("method", "error"), [("GET", Unavailable), ("POST", Ambiguous)])
def test_tls_that_breaks_after_a_write_may_have_carried_it(secure, method, error):
	"""The write is done, then somebody on the way answers in plain: an error of TLS, and not one of its beginning."""
	trusting = guarded_session([HERE])
	trusting.verify = secure.certificate
	url, got = https_server(secure, lambda raw: raw.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n"))
	with pytest.raises(ChannelError) as raised:
		Http(trusting).call(method, url, json_body={"text": IN_BODY} if method == "POST" else None)
	assert type(raised.value) is error
	assert got, "the request did not arrive"


# --- what the machine around us says -------------------------------------------------------------------------


def test_proxies_and_netrc_of_the_environment_are_ignored(wire, monkeypatch, tmp_path):
	(tmp_path / ".netrc").write_text(f"machine {HERE} login me password {TOKEN}\n")
	(tmp_path / ".netrc").chmod(0o600)
	monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
	for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
		monkeypatch.setenv(name, closed_address())
	assert Http(guarded_session([HERE])).get(wire.url).status == 200
	assert b"uthorization" not in wire.requests[0]
	assert b"social_service (+" in wire.requests[0]


@pytest.mark.parametrize(
	"address",
	[
		f"/bot77:{TOKEN}/getMe",
		f"/debug_token?input_token={TOKEN}&fields=a",
		f"/me?fields=a&access_token={TOKEN}",
		f"/me?appsecret_proof={TOKEN}",
		f"/videos?key={TOKEN}&id=1",
	],
)
def test_a_secret_that_a_network_wants_in_the_address_stays_out_of_the_logs(wire, caplog, address):
	caplog.set_level(logging.DEBUG)
	assert Http(guarded_session([HERE])).get(wire.url + address).status == 200
	assert TOKEN.encode() in wire.requests[0]
	assert "GET" in caplog.text and TOKEN not in caplog.text
