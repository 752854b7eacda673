"""Social customer service inside Frappe Helpdesk."""

__version__ = "0.1.0"
