"""Watching the demo: what waits is approved, closed, paid and slipped, and the books agree."""

from __future__ import annotations

import pytest

from marketplace.demo.play import play
from marketplace.domain.payments.services import check_books
from marketplace.worker.drain import Crew
from tests.support.world import OPENS_AT, SHOW, a_copy

pytestmark = pytest.mark.embedded


def test_what_waits_is_approved_paid_and_arrives(tmp_path_factory: pytest.TempPathFactory) -> None:
    with a_copy(tmp_path_factory) as site:
        crew = Crew(site.database.engine, site.outside)
        told = list(play(crew, site.outside, site.clock))
        assert f"Day 3 of {SHOW}: hours of 16 people approved." in told
        assert f"  Day 3 of {SHOW}: 15 slips, 6,922.89 USD sent." in told
        assert f"  Day 3 of {SHOW}: 15 slips, 6,922.89 USD paid." in told
        assert "The bank has paid file 2: 19 payments marked." in told
        assert any(one.startswith("Bank file 3 of 中原竖屏影业: ") for one in told)
        assert site.clock.now() > OPENS_AT
        with crew.unit() as session:
            assert check_books(session, gateways=site.outside.gateways) == []
        assert list(play(crew, site.outside, site.clock)) == [
            "No hours wait for approval. Enter some on a time card page first.",
        ]
