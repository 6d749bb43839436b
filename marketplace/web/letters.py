"""Writes e-mails from sentences, in the reader's language, with or without a request."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from marketplace.domain.notices.ports import Letter
from marketplace.domain.notices.queries import MailRow
from marketplace.web.language import html_lang, is_chinese, translate
from marketplace.web.presentation import sentence

LETTER: Final = "emails/letter"


class LetterWriter:
    """Turns an outgoing mail into a letter (port `Compose`)."""

    def __init__(self, base_url: str) -> None:
        """Keep where the site is: mails need whole addresses."""
        self._base_url = base_url

    def __call__(self, mail: MailRow) -> Letter:
        """Return the letter in its reader's language, as text and as HTML."""
        locale = "zh_Hans" if is_chinese(mail.locale) else "en"
        write = partial(sentence, locale=locale)
        words = {
            "_": partial(_translated, locale),
            "language": locale,
            "subject": write(mail.subject),
            "lines": [write(line) for line in mail.lines],
            "label": write(mail.button) if mail.button else "",
            "href": f"{self._base_url}{mail.path}" if mail.path else "",
            "base_url": self._base_url,
            "stop_url": f"{self._base_url}{mail.stop_path}" if mail.stop_path else "",
        }
        return Letter(
            public_id=mail.public_id,
            to_address=mail.to_address,
            subject=str(words["subject"]),
            text=_environment().get_template(f"{LETTER}.txt").render(words),
            html=_environment().get_template(f"{LETTER}.html").render(words),
            written_at=mail.created_at,
            calendar=mail.calendar,
            stop_url=str(words["stop_url"]),
        )


def _translated(locale: str, text: str, **values: object) -> str:
    return translate(text, locale) % values


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Return the templates, away from any app: the worker writes mails too."""
    made = Environment(
        loader=PackageLoader("marketplace"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["html_lang"] = html_lang
    return made
