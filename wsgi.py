"""What a web server loads: `gunicorn wsgi:app`."""

from __future__ import annotations

from marketplace.app import create_app
from marketplace.settings import Settings

app = create_app(Settings.from_env())
