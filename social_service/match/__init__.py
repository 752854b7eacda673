"""Match: a text and the published articles come in; suggestions with scores go out, or none when nothing fits."""

from social_service.match.file import VERSION, load, save
from social_service.match.index import FITS, Index, Suggestion
from social_service.match.words import words_of

__all__ = ["FITS", "VERSION", "Index", "Suggestion", "load", "save", "words_of"]
