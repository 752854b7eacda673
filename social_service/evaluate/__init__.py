"""How well triage and matching work on labelled texts: the figures behind `social-service evaluate`. Reads rows, writes nothing."""
