"""A person at a real browser: Chromium without a window, driven by selenium. Says what the page complained about."""

from __future__ import annotations

import base64
import shutil
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from social_service.channels.x.errors import NOT_SUMMONED
from social_service.sentence import _
from tests.host.bench import Site
from tests.host.stage import PASSWORD, PEOPLE

PICTURES = Path(__file__).parent.parent.parent / "docs" / "images"
WAIT_SECONDS = 20
SIZE = (1440, 900)
OPTIONS = (
	"--headless=new",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--disable-dev-shm-usage",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--hide-scrollbars",
	f"--window-size={SIZE[0]},{SIZE[1]}",
)
NOT_OURS = ("socket.io", "favicon", "telemetry", "pulse", "gravatar")  # none of these is there in these tests

WORDS = {
	"suggestions": _("Suggested answers"),
	"as_text": _("As text"),
	"publicly": _("Reply publicly on {0}", "X"),
	"audience": _("Public reply to {0} on {1}: everybody can read it", "{0}", "X"),
	"sending": _("Sending"),
	"sent": _("Sent"),
	"failed": _("Not published"),
	"retry": _("Retry"),
	"not_summoned": NOT_SUMMONED,
	"connect": _("Connect"),
	"stored": _("Stored. Leave empty to keep it."),
	"is_stored": _("{0}: stored"),
	"backfill": _("Backfill"),
	"silent": _("Silent"),
	"parked": _("Parked"),
	"check": _("Check connection"),
	"works": _("The connection works"),
	"as": _("Connected as {0}.", "@{0}"),
	"preview": _("Preview"),
	"opens": _("Opens a ticket"),
	"pause": _("Pause"),
	"paused": _("Paused"),
	"listening": _("Listening"),
	"failing": _("Failing"),
	"save": _("Save"),
}


def what_is_missing() -> str:
	"""Why no browser can be driven here, with what mends it; '' when one can."""
	if not find_spec("selenium"):
		return "selenium is not in the bench's environment. Run: env/bin/pip install selenium"
	for program in ("chromium", "chromedriver"):
		if not shutil.which(program):
			return f"{program} is not installed. Run: apt-get install chromium chromium-driver"
	return ""


class Browser:
	"""Logged in as somebody of the helpdesk, in their language."""

	def __init__(self, site: Site, url: str, role: str, language: str = "en") -> None:
		self.base = url.replace("127.0.0.1", site.name)
		self.driver = _start(language)
		self.open("/login")
		form = {"usr": PEOPLE[role][0], "pwd": PASSWORD}
		assert self._login(form) == 200

	def _login(self, form: dict[str, str]) -> int:
		return self.driver.execute_async_script(
			"""const [form, done] = arguments;
			fetch("/api/method/login", {method: "POST", body: new URLSearchParams(form)}).then(a => done(a.status));""",
			form,
		)

	def open(self, path: str) -> None:
		self.driver.get(self.base + path)

	def reload(self) -> None:
		self.driver.refresh()

	def close(self) -> None:
		self.driver.quit()

	# --- seeing ---------------------------------------------------------------------------------------------

	def find(self, selector: str, text: str = "") -> list:
		found = self.driver.find_elements("css selector", selector)
		return [one for one in found if text in self._text(one)]

	def _text(self, element: object) -> str:
		return self.driver.execute_script("return arguments[0].innerText || ''", element)

	def wait(self, selector: str, text: str = "") -> object:
		"""The first visible element that the selector finds and whose text contains ``text``."""
		return self.until(
			lambda: next((one for one in self.find(selector, text) if one.is_displayed()), None),
			f"{selector} with {text!r}",
		)

	def until(self, is_so: Callable[[], object], what: str = "") -> object:
		from selenium.common.exceptions import StaleElementReferenceException  # noqa: PLC0415

		end = time.monotonic() + WAIT_SECONDS
		while time.monotonic() < end:
			try:
				found = is_so()
			except StaleElementReferenceException:
				found = None
			if found:
				return found
			time.sleep(0.2)
		self.picture("failed", Path("/tmp"))
		raise TimeoutError(f"not on the page after {WAIT_SECONDS} s: {what}")

	def is_gone(self, selector: str, text: str = "") -> bool:
		return bool(
			self.until(
				lambda: not [one for one in self.find(selector, text) if one.is_displayed()],
				f"{selector} with {text!r} gone",
			)
		)

	def complaints(self) -> list[str]:
		"""Errors of the console since the last look."""
		told = [one["message"] for one in self.driver.get_log("browser") if one["level"] == "SEVERE"]
		return [one for one in told if not any(word in one for word in NOT_OURS)]

	def rest(self) -> None:
		"""Until nothing moves any more."""
		time.sleep(1)

	def picture(self, name: str, folder: Path = PICTURES, element: object = None) -> Path:
		path = folder / f"{name}.png"
		shot = element.screenshot_as_base64 if element else self.driver.get_screenshot_as_base64()
		path.write_bytes(_small(base64.b64decode(shot)))
		return path

	# --- doing ----------------------------------------------------------------------------------------------

	def click(self, selector: str, text: str = "") -> None:
		self.until(lambda: self._clicked(self.wait(selector, text)), f"{selector} {text} can be clicked")

	def _clicked(self, element: object) -> bool:
		from selenium.common.exceptions import ElementClickInterceptedException  # noqa: PLC0415

		try:
			element.click()
		except ElementClickInterceptedException:
			return False
		return True

	def type(self, selector: str, text: str) -> None:
		self.wait(selector).send_keys(text)

	def press(self, *keys: str) -> None:
		self.driver.switch_to.active_element.send_keys("".join(keys))


def _start(language: str) -> object:
	from selenium import webdriver  # noqa: PLC0415 what is not here is said by what_is_missing

	options = webdriver.ChromeOptions()
	options.binary_location = shutil.which("chromium")
	for one in (*OPTIONS, f"--lang={language}"):
		options.add_argument(one)
	options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
	service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
	driver = webdriver.Chrome(options=options, service=service)
	driver.set_script_timeout(WAIT_SECONDS)
	return driver


def _small(png: bytes) -> bytes:
	"""256 colours are enough for a page."""
	from io import BytesIO  # noqa: PLC0415

	from PIL import Image  # noqa: PLC0415 comes with Frappe

	out = BytesIO()
	picture = Image.open(BytesIO(png)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
	picture.save(out, "PNG", optimize=True)
	return out.getvalue()
