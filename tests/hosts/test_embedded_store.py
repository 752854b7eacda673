"""The contract of the Store on SQLite."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from social_service.hosts.embedded import EmbeddedHost
from tests.kit.store_contract import StoreContract


class TestEmbeddedStore(StoreContract):
	@pytest.fixture
	def host(self, tmp_path):
		self.path = tmp_path / "social.db"
		host = EmbeddedHost(self.path)
		yield host
		host.close()

	def elsewhere(self, host, work: Callable) -> object:
		results = []

		def run() -> None:
			other = EmbeddedHost(self.path)
			results.append(work(other))
			other.close()

		thread = threading.Thread(target=run)
		thread.start()
		thread.join(60)
		return results[0]
