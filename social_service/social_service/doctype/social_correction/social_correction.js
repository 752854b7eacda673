// What the machine had said is stored as words of the ledger, "watched · none", and read in the reader's language.
frappe.meta.docfield_map["Social Correction"].was.formatter = (was) =>
	(was || "")
		.split(" · ")
		.map((word) => frappe.utils.escape_html(__(word, null, "Social Message")))
		.join(" · ");
