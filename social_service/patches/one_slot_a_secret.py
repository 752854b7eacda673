"""Renewed tokens stood beside the typed ones, as ``kept_KEY``; now there is one slot a key, and the newer one fills it."""

from __future__ import annotations

import frappe

OLD = "kept_"
OURS = "doctype = 'Social Channel'"


def execute() -> None:
	rows = frappe.db.sql(f"select name, fieldname from `__Auth` where {OURS} and fieldname like 'kept\\_%%'")
	for channel, slot in rows:
		key = slot.removeprefix(OLD)
		frappe.db.sql(f"delete from `__Auth` where {OURS} and name = %s and fieldname = %s", (channel, key))
		frappe.db.sql(
			f"update `__Auth` set fieldname = %s where {OURS} and name = %s and fieldname = %s",
			(key, channel, slot),
		)
