"""Two things never share an account of the books."""

from __future__ import annotations

from marketplace.domain.ledger import rules


def test_every_kind_of_account_has_a_name_of_its_own() -> None:
    names = [
        rules.wages(7),
        rules.payable(7),
        rules.withholding("platform", "us_contractor"),
        rules.deductions("platform"),
        rules.overpaid(7),
        rules.clearing("sandbox"),
        rules.bank("sandbox"),
    ]

    assert len({name.split(":")[0] for name in names}) == len(names)


def test_withheld_taxes_are_kept_apart_by_agent_and_by_scheme() -> None:
    names = {
        rules.withholding(agent, scheme)
        for agent in ("platform", "company")
        for scheme in ("us_fica", "us_contractor")
    }

    assert len(names) == 4


def test_the_accounts_of_two_people_and_two_gateways_are_two() -> None:
    assert rules.payable(1) != rules.payable(11)
    assert rules.clearing("stripe") != rules.clearing("sandbox")
    assert rules.bank("stripe") != rules.clearing("stripe")
