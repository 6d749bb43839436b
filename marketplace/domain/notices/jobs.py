"""Send the outbox: at least once, under a message id that makes a second copy the same mail."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace.db import UnitOfWork
from marketplace.domain.notices import queries
from marketplace.domain.notices.models import Mail
from marketplace.domain.notices.ports import Compose, Post
from marketplace.kernel.clock import Clock


def send_mail(
    unit: UnitOfWork,
    mail_id: int,
    *,
    compose: Compose,
    post: Post,
    clock: Clock,
) -> None:
    """Send one mail unless it was sent; the mail server is called outside any transaction."""
    with unit() as session:
        row = queries.mail(session, mail_id)
    if row is None or row.sent_at is not None:
        return
    post.send(compose(row))
    with unit() as session:
        mine = sa.and_(Mail.id == mail_id, Mail.sent_at.is_(None))
        session.execute(sa.update(Mail).where(mine).values(sent_at=clock.now()))
