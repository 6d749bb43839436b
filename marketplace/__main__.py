"""`python -m marketplace calc …`: the commands of `flask`, without naming the app."""

from __future__ import annotations

from flask.cli import FlaskGroup

from marketplace.app import create_app
from marketplace.settings import Settings

commands = FlaskGroup(
    name="marketplace",
    create_app=lambda: create_app(Settings.from_env()),
    help="Dayrate: serve the site, do its work, check its books, price a day.",
)

if __name__ == "__main__":
    commands(prog_name="marketplace")
