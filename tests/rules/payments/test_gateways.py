"""What a gateway says of a payee, in words; who can be paid; who carries the money."""

from __future__ import annotations

import pytest

from marketplace.adapters.sandbox.gateway import SandboxGateway
from marketplace.adapters.stripe_gateway import StripeGateway, connect
from marketplace.domain.accounts.rules import PaysBy
from marketplace.domain.payments.ports import Till
from marketplace.domain.payments.rules import BANK_FILE, OF_THE_PAYEE, problem
from marketplace.domain.payments.rules.gateways import (
    OF_THE_ACCOUNT,
    OTHER_NEED,
    PayeeState,
    is_payable,
    name_of,
    need_words,
)
from marketplace.kernel.clock import SystemClock
from marketplace.kernel.money import EXPONENTS
from marketplace.web.presentation import sentence
from tests.support.payday import VAULT


@pytest.fixture
def till(tmp_path_factory: pytest.TempPathFactory) -> Till:
    """A till with Stripe first, which nobody calls, and the sandbox for the rest."""
    sandbox = SandboxGateway(tmp_path_factory.mktemp("box") / "gateway.db", SystemClock())
    return Till(VAULT, sentence, (StripeGateway(connect("sk_test_nobody")), sandbox), SystemClock())


def test_needs_are_said_once_each_and_never_in_the_gateways_own_words() -> None:
    needs = ["individual.dob.day", "individual.dob.year", "person_1.secret_thing"]

    words = need_words(needs)

    assert [str(one) for one in words] == ["your date of birth", str(OTHER_NEED)]
    assert need_words([]) == [OTHER_NEED]


@pytest.mark.parametrize("state", PayeeState)
def test_only_a_ready_account_is_paid(state: PayeeState) -> None:
    for needs_account in (True, False):
        is_paid = is_payable(state, needs_account=needs_account, has_bank=True)
        assert is_paid == (state is PayeeState.READY)


def test_without_an_account_a_bank_is_enough_where_none_is_needed() -> None:
    assert is_payable(None, needs_account=False, has_bank=True)
    assert not is_payable(None, needs_account=False, has_bank=False)
    assert not is_payable(None, needs_account=True, has_bank=True)


def test_only_the_payee_can_end_a_problem_of_the_account() -> None:
    assert OF_THE_ACCOUNT <= OF_THE_PAYEE
    assert {str(problem(code, "raw words of the gateway")) for code in OF_THE_ACCOUNT} == {
        "The payout account is not set up yet.",
        "The payout account cannot be paid to at the moment.",
    }


def test_gateways_have_names_people_know() -> None:
    assert name_of("stripe") == "Stripe"
    assert name_of("other") == "other"


@pytest.mark.parametrize("country", ["CN", "US", "GB", "DE", ""])
def test_yuan_never_reach_stripe(till: Till, country: str) -> None:
    assert till.carrier(country, "CNY", PaysBy.PLATFORM) != "stripe"


def test_stripe_pays_people_in_the_currency_of_their_own_country_alone(till: Till) -> None:
    by_stripe = {
        (country, currency)
        for country in ("US", "GB", "DE", "CN", "JP")
        for currency in EXPONENTS
        if till.carrier(country, currency, PaysBy.PLATFORM) == "stripe"
    }

    assert by_stripe == {("US", "USD"), ("GB", "GBP"), ("DE", "EUR")}


def test_a_company_that_pays_itself_is_asked_first(till: Till) -> None:
    assert till.carrier("US", "USD", PaysBy.OWN_BANK) == BANK_FILE


def test_what_no_gateway_pays_goes_by_the_companys_bank(till: Till) -> None:
    stripe_alone = Till(till.vault, till.write, till.gateways[:1], till.clock)

    assert stripe_alone.carrier("CN", "CNY", PaysBy.PLATFORM) == BANK_FILE
    assert not stripe_alone.still_pays("sandbox", "US", "USD")
    assert not stripe_alone.still_pays("stripe", "CN", "CNY")
    assert stripe_alone.still_pays(BANK_FILE, "CN", "CNY")
    assert stripe_alone.desk_for("CN") is None
    desk = stripe_alone.desk_for("US")
    assert desk is not None
    assert desk.name == stripe_alone.gateways[0].name
