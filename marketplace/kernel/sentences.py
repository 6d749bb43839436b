"""Sentences for people that can be translated after they were written.

The domain writes English with named places; `web.presentation` translates the text
and formats each value (money, time, length) for the reader. Never build a sentence
from pieces.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sentence:
    """English text with `%(name)s` places, and the values that go there.

    Values may be str, int, Money, date, aware datetime, timedelta or Sentence.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the plain English, for logs and tests."""
        return self.text % {name: str(value) for name, value in self.values.items()}


def say(text: str, /, **values: object) -> Sentence:
    """Mark `text` for translation (the extractor knows this name) and bind its values."""
    return Sentence(text, values)
