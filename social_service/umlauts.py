"""German letters as they are written where there are none: ae for ä. One way for all who compare words."""

UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
