"""First refusals: ranks, challenges, expiry, and what a booking does to them; S4 and its edges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.booking import jobs, services
from marketplace.domain.booking.models import Booking, FirstRefusal, Offer
from marketplace.domain.booking.rules import BehindError, BookingState
from marketplace.domain.booking.rules.refusals import RefusalError, RefusalState
from marketplace.domain.booking.services import breakdown, refusals, standing
from marketplace.domain.booking.services.answers import AnswerOffer, DeclineOffer
from marketplace.domain.booking.services.offers import SendOffer, WithdrawOffer
from marketplace.domain.booking.services.refusals import (
    ChallengeAhead,
    ChallengeHolder,
    GiveBackRefusal,
    ReleaseRefusal,
)
from marketplace.domain.booking.services.reserving import Reserve, reserve
from marketplace.domain.casting.models import Role
from marketplace.domain.casting.services.roles import RoleAct
from marketplace.domain.notices.models import Mail
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import ProductionState
from marketplace.domain.tasks.models import Task
from marketplace.domain.timecards.services.called_off import call_off_day
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from tests.support.builders import (
    NOW,
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
)
from tests.support.moving import a_call_off

CLOCK = FixedClock(NOW)
EVENING = NOW + timedelta(hours=12)


@dataclass(frozen=True)
class Show:
    """A production with one role on one day."""

    production: Production
    day: ShootDay
    role: Role

    @property
    def by_id(self) -> int:
        return self.production.created_by_id


def a_show(
    session: Session,
    title: str,
    *,
    call: str = "07:00",
    wrap: str = "19:00",
    on: str = "2026-11-29",
) -> Show:
    production = a_production(session, title=title)
    day = a_shoot_day(session, production, on, call=call, wrap=wrap)
    return Show(production, day, a_role(session, production, [day], headcount=3))


def has(session: Session, show: Show, person: Person, *, until: datetime = EVENING) -> FirstRefusal:
    command = Reserve(
        show.role.id, show.production.id, [person.id], [show.day.id], until, show.by_id
    )
    (made,) = reserve(session, command, clock=CLOCK).made
    return made


def offer(session: Session, show: Show, person: Person, *, clock: FixedClock = CLOCK) -> Offer:
    command = SendOffer(
        show.role.id,
        person.id,
        None,
        [show.day.id],
        clock.now() + timedelta(days=1),
        "",
        show.by_id,
    )
    return services.send_offer(session, command, clock=clock)


def accepts(
    session: Session, made: Offer, person: Person, *, clock: FixedClock = CLOCK
) -> services.Accepted:
    dates = list(session.scalars(sa.select(Booking.id).where(Booking.offer_id == made.id)))
    return services.accept(session, AnswerOffer(made.id, person.id, dates), clock=clock)


def rank(session: Session, refusal: FirstRefusal) -> int:
    return standing.ranks_of(standing.live_of(session, refusal.person_id))[refusal.id]


def subjects(session: Session, key: str) -> list[str]:
    """Return what was told under keys that contain a word, as English sentences."""
    found = session.scalars(sa.select(Mail).where(Mail.key.contains(key)).order_by(Mail.id))
    return [str(mail.subject) for mail in found]


def told(session: Session, key: str) -> int:
    found = sa.select(sa.func.count()).select_from(Mail).where(Mail.key.contains(key))
    return session.scalars(found).one()


def test_who_asks_first_comes_first_and_work_that_fits_has_its_own_line(session: Session) -> None:
    person = a_person(session)
    one = has(session, a_show(session, "A"), person)
    two = has(session, a_show(session, "B", call="14:00", wrap="26:00"), person)
    week_later = has(session, a_show(session, "C", on="2026-12-06"), person)

    assert [rank(session, each) for each in (one, two, week_later)] == [1, 2, 1]
    assert told(session, "had:talent") == 3


def test_too_little_rest_between_two_shows_makes_them_rivals_although_they_never_overlap(
    session: Session,
) -> None:
    mei = a_person(session, "Mei")
    has(session, a_show(session, "A", call="06:00", wrap="14:00"), mei)

    behind = has(session, a_show(session, "B", call="19:00", wrap="26:00"), mei)

    assert rank(session, behind) == 2


def test_exactly_the_rest_owed_is_enough(session: Session) -> None:
    mei = a_person(session, "Mei")
    has(session, a_show(session, "A", call="06:00", wrap="14:00"), mei)

    beside = has(session, a_show(session, "B", call="24:00", wrap="30:00"), mei)

    assert rank(session, beside) == 1


def test_a_production_has_first_refusal_only_once_for_a_time(session: Session) -> None:
    person, show = a_person(session), a_show(session, "A")
    has(session, show, person)

    with pytest.raises(RefusalError, match="already"):
        has(session, show, person)


def test_nobody_has_first_refusal_on_a_time_that_is_booked(session: Session) -> None:
    person, booked = a_person(session), a_show(session, "A")
    a_booking(session, booked.role, person, booked.day)

    with pytest.raises(RefusalError, match="cannot work on"):
        has(session, a_show(session, "B", call="14:00", wrap="26:00"), person)


def test_those_who_can_are_kept_when_others_of_many_cannot(session: Session) -> None:
    show, other = a_show(session, "A"), a_show(session, "B")
    free, busy = a_person(session), a_person(session)
    a_booking(session, other.role, busy, other.day)
    people, days = [free.id, busy.id], [show.day.id]
    command = Reserve(show.role.id, show.production.id, people, days, EVENING, show.by_id)

    done = reserve(session, command, clock=CLOCK)

    assert [one.person_id for one in done.made] == [free.id]
    assert done.left == 1


@pytest.mark.parametrize(
    ("until", "words"),
    [(NOW, "in the future"), (NOW + timedelta(days=30), "before the first call")],
)
def test_a_first_refusal_ends_in_the_future_and_before_the_call(
    session: Session, until: datetime, words: str
) -> None:
    with pytest.raises(RefusalError, match=words):
        has(session, a_show(session, "A"), a_person(session), until=until)


def test_a_show_that_is_not_live_and_dates_of_another_role_are_refused(session: Session) -> None:
    show, other = a_show(session, "A"), a_show(session, "B")
    person = a_person(session)
    strange = Reserve(
        show.role.id, show.production.id, [person.id], [other.day.id], EVENING, show.by_id
    )
    with pytest.raises(RefusalError, match="Tick at least one of the dates"):
        reserve(session, strange, clock=CLOCK)
    foreign = Reserve(
        show.role.id, other.production.id, [person.id], [show.day.id], EVENING, show.by_id
    )
    with pytest.raises(NotFoundError):
        reserve(session, foreign, clock=CLOCK)
    nobody = Reserve(show.role.id, show.production.id, [], [show.day.id], EVENING, show.by_id)
    with pytest.raises(RefusalError, match="Tick at least one person"):
        reserve(session, nobody, clock=CLOCK)
    show.production.state = ProductionState.DRAFT
    with pytest.raises(RefusalError, match="not live"):
        has(session, show, person)
    show.role.state = "draft"
    with pytest.raises(RefusalError, match="not open"):
        has(session, show, person)


def test_giving_back_moves_the_others_up_and_tells_each_once(session: Session) -> None:
    person = a_person(session)
    first, second, third = (has(session, a_show(session, title), person) for title in "ABC")
    command = GiveBackRefusal(first.id, person.id)

    refusals.give_back(session, command, clock=CLOCK)
    refusals.give_back(session, command, clock=CLOCK)

    assert first.state == RefusalState.RELEASED
    assert [rank(session, second), rank(session, third)] == [1, 2]
    assert told(session, "given_back") == 1
    assert told(session, ":rank:") == 2
    tasks = sa.select(Task.done_at).where(Task.key == f"expire_first_refusal:{first.id}")
    assert session.scalars(tasks).one() is not None


def test_a_production_releases_its_own_and_the_person_is_told_once(session: Session) -> None:
    person, show = a_person(session), a_show(session, "A")
    mine = has(session, show, person)
    command = ReleaseRefusal(mine.id, show.production.id, show.by_id)

    refusals.release(session, command, clock=CLOCK)
    refusals.release(session, command, clock=CLOCK)

    assert mine.state == RefusalState.RELEASED
    assert told(session, "released:talent") == 1
    entries = sa.select(AuditEntry).where(AuditEntry.subject == f"first_refusal:{mine.public_id}")
    assert [(one.action, one.actor_id) for one in session.scalars(entries)] == [
        ("have", show.by_id),
        ("release", show.by_id),
    ]


def test_somebody_elses_first_refusal_is_not_there(session: Session) -> None:
    person, show = a_person(session), a_show(session, "A")
    mine = has(session, show, person)
    stranger = a_person(session)

    with pytest.raises(NotFoundError):
        refusals.give_back(session, GiveBackRefusal(mine.id, stranger.id), clock=CLOCK)
    with pytest.raises(NotFoundError):
        refusals.release(session, ReleaseRefusal(mine.id, 0, show.by_id), clock=CLOCK)
    with pytest.raises(NotFoundError):
        refusals.challenge_holder(session, ChallengeHolder(mine.id, stranger.id), clock=CLOCK)
    with pytest.raises(NotFoundError):
        refusals.challenge_ahead(session, ChallengeAhead(mine.id, 0, 1), clock=CLOCK)
    with pytest.raises(NotFoundError):
        refusals.expire(session, 0, clock=CLOCK)


def test_it_expires_in_its_second_and_both_are_told(session: Session) -> None:
    person = a_person(session)
    first = has(session, a_show(session, "A"), person)
    second = has(session, a_show(session, "B"), person)

    assert not jobs.expire_first_refusal(
        session, first.id, clock=FixedClock(EVENING - timedelta(seconds=1))
    )
    assert jobs.expire_first_refusal(session, first.id, clock=FixedClock(EVENING))
    assert not jobs.expire_first_refusal(session, first.id, clock=FixedClock(EVENING))

    assert first.state == RefusalState.EXPIRED
    assert rank(session, second) == 1
    assert (told(session, "expired:talent"), told(session, "expired:casting")) == (1, 1)


def test_a_booking_ends_every_other_first_refusal_in_its_way_and_tells_each_holder(
    session: Session,
) -> None:
    person = a_person(session)
    show = a_show(session, "A")
    mine = has(session, show, person)
    overlaps = has(session, a_show(session, "B", call="14:00", wrap="26:00"), person)
    short_rest = has(session, a_show(session, "C", call="24:00", wrap="34:00"), person)
    fits = has(session, a_show(session, "D", on="2026-12-06"), person)

    accepts(session, offer(session, show, person), person)

    states = [one.state for one in (mine, overlaps, short_rest, fits)]
    assert states == ["confirmed", "released", "released", "active"]
    assert told(session, ":booked:casting") == 2
    assert told(session, ":refusals:talent") == 1


def test_nobody_is_told_which_show_took_a_date(session: Session) -> None:
    person = a_person(session)
    show = a_show(session, "Secret Show")
    has(session, show, person)
    has(session, a_show(session, "B", call="14:00", wrap="26:00"), person)

    accepts(session, offer(session, show, person), person)

    found = sa.select(Mail).where(Mail.key.contains(":booked:casting"))
    (mail,) = session.scalars(found)
    assert "Secret" not in str(mail.subject) + str(mail.lines)


def test_an_offer_that_is_declined_ends_the_first_refusal_it_came_from(session: Session) -> None:
    person, show = a_person(session), a_show(session, "A")
    mine = has(session, show, person)
    behind = has(session, a_show(session, "B"), person)
    made = offer(session, show, person)
    assert mine.state == RefusalState.OFFERED

    services.decline(session, DeclineOffer(made.id, person.id), clock=CLOCK)

    assert mine.state == RefusalState.RELEASED
    assert rank(session, behind) == 1


def test_an_offer_that_expires_or_is_withdrawn_ends_it_too(session: Session) -> None:
    person, show, other = a_person(session), a_show(session, "A"), a_show(session, "B")
    mine, theirs = has(session, show, person), has(session, other, person)
    withdrawn, expired = offer(session, show, person), offer(session, other, person)
    by = WithdrawOffer(withdrawn.id, show.production.id, show.by_id)

    services.withdraw_offer(session, by, clock=CLOCK)
    jobs.expire_offer(session, expired.id, clock=FixedClock(expired.expires_at))

    assert (mine.state, theirs.state) == (RefusalState.RELEASED, RefusalState.EXPIRED)


def test_an_offer_waits_while_somebody_else_has_the_first_word(session: Session) -> None:
    mei, ahead, show = a_person(session), a_show(session, "A"), a_show(session, "B", call="14:00")
    theirs = has(session, ahead, mei)
    made = offer(session, show, mei)

    with pytest.raises(BehindError, match="A has first refusal"):
        accepts(session, made, mei)
    refusals.give_back(session, GiveBackRefusal(theirs.id, mei.id), clock=CLOCK)

    assert accepts(session, made, mei).confirmed


def test_the_first_in_line_need_not_wait_for_those_behind(session: Session) -> None:
    mei, show = a_person(session), a_show(session, "A")
    has(session, show, mei)
    has(session, a_show(session, "B"), mei)

    assert accepts(session, offer(session, show, mei), mei).confirmed


def test_a_challenge_gives_the_holder_a_day_or_until_its_own_expiry(session: Session) -> None:
    mei = a_person(session)
    soon = has(session, a_show(session, "A"), mei)
    late = has(session, a_show(session, "C", on="2026-12-06"), mei, until=NOW + timedelta(days=5))
    has(session, a_show(session, "B"), mei)
    has(session, a_show(session, "D", on="2026-12-06"), mei)

    first = refusals.challenge_holder(session, ChallengeHolder(soon.id, mei.id), clock=CLOCK)
    second = refusals.challenge_holder(session, ChallengeHolder(late.id, mei.id), clock=CLOCK)

    assert (first, second) == (EVENING, NOW + timedelta(hours=24))
    assert (soon.state, late.state) == (RefusalState.CHALLENGED, RefusalState.CHALLENGED)
    assert told(session, ":challenged:") == 2


def test_the_holder_keeps_a_challenged_date_by_an_offer_and_the_challenger_is_told(
    session: Session,
) -> None:
    mei, show = a_person(session), a_show(session, "A")
    mine = has(session, show, mei)
    theirs = has(session, a_show(session, "B"), mei)
    ends = refusals.challenge_holder(session, ChallengeHolder(mine.id, mei.id), clock=CLOCK)

    made = offer(session, show, mei)

    assert mine.state == RefusalState.OFFERED
    assert not jobs.end_challenge(session, mine.id, clock=FixedClock(ends))
    assert told(session, ":answered:") == 1
    accepts(session, made, mei)
    assert (mine.state, theirs.state) == (RefusalState.CONFIRMED, RefusalState.RELEASED)


def test_silence_gives_the_date_to_the_challenger(session: Session) -> None:
    mei = a_person(session)
    show, other = a_show(session, "A"), a_show(session, "B")
    until = NOW + timedelta(days=3)
    mine, theirs = has(session, show, mei, until=until), has(session, other, mei, until=until)
    command = ChallengeAhead(theirs.id, other.production.id, other.by_id)
    ends = refusals.challenge_ahead(session, command, clock=CLOCK)

    assert not jobs.end_challenge(session, mine.id, clock=FixedClock(ends - timedelta(seconds=1)))
    assert jobs.end_challenge(session, mine.id, clock=FixedClock(ends))

    assert mine.state == RefusalState.RELEASED
    assert rank(session, theirs) == 1
    assert told(session, ":challenger") == 1
    assert told(session, ":ended:talent") == 1
    assert told(session, ":ended:casting") == 1


def test_an_open_offer_challenges_as_a_first_refusal_does(session: Session) -> None:
    mei, show = a_person(session), a_show(session, "B", call="19:00", wrap="26:00")
    mine = has(session, a_show(session, "A", call="06:00", wrap="14:00"), mei)
    made = offer(session, show, mei)
    ends = refusals.challenge_holder(session, ChallengeHolder(mine.id, mei.id), clock=CLOCK)

    jobs.end_challenge(session, mine.id, clock=FixedClock(ends))

    assert mine.state == RefusalState.RELEASED
    assert accepts(session, made, mei, clock=FixedClock(ends)).confirmed


def test_a_challenge_by_somebody_who_left_costs_nothing(session: Session) -> None:
    mei = a_person(session)
    show, other = a_show(session, "A"), a_show(session, "B")
    until = NOW + timedelta(days=3)
    mine, theirs = has(session, show, mei, until=until), has(session, other, mei, until=until)
    ends = refusals.challenge_holder(session, ChallengeHolder(mine.id, mei.id), clock=CLOCK)
    gone = ReleaseRefusal(theirs.id, other.production.id, other.by_id)
    refusals.release(session, gone, clock=CLOCK)

    assert jobs.end_challenge(session, mine.id, clock=FixedClock(ends))

    assert mine.state == RefusalState.ACTIVE
    assert told(session, ":dropped:") == 1


def test_a_challenged_one_that_expires_frees_the_challenger(session: Session) -> None:
    mei = a_person(session)
    mine, _ = has(session, a_show(session, "A"), mei), has(session, a_show(session, "B"), mei)
    refusals.challenge_holder(session, ChallengeHolder(mine.id, mei.id), clock=CLOCK)

    assert jobs.expire_first_refusal(session, mine.id, clock=FixedClock(EVENING))

    assert mine.state == RefusalState.EXPIRED
    assert told(session, "expired:challenger") == 1


def test_two_productions_that_wait_for_each_other_end_by_themselves(session: Session) -> None:
    mei, until = a_person(session), NOW + timedelta(days=3)
    shows = [(a_show(session, title), a_show(session, title, on="2026-11-30")) for title in "AB"]
    (a_first, a_second), (b_first, b_second) = shows
    one, two = has(session, a_first, mei, until=until), has(session, b_second, mei, until=until)
    offers = [offer(session, b_first, mei), offer(session, a_second, mei)]
    for made in offers:
        with pytest.raises(BehindError):
            accepts(session, made, mei)

    for refusal in (one, two):
        refusals.challenge_holder(session, ChallengeHolder(refusal.id, mei.id), clock=CLOCK)
    at = FixedClock(NOW + timedelta(hours=24) - timedelta(seconds=1))
    later = FixedClock(NOW + timedelta(hours=24))
    assert not [one.id for one in (one, two) if jobs.end_challenge(session, one.id, clock=at)]
    assert [jobs.end_challenge(session, one.id, clock=later) for one in (one, two)] == [True, True]

    assert accepts(session, offers[0], mei, clock=at).confirmed


def test_nobody_is_challenged_when_nobody_else_asks(session: Session) -> None:
    mei, show = a_person(session), a_show(session, "A")
    mine = has(session, show, mei)
    has(session, a_show(session, "C", on="2026-12-06"), mei)

    with pytest.raises(RefusalError, match="Nobody else asks"):
        refusals.challenge_holder(session, ChallengeHolder(mine.id, mei.id), clock=CLOCK)
    ahead = ChallengeAhead(mine.id, show.production.id, show.by_id)
    with pytest.raises(RefusalError, match="Nobody comes before you"):
        refusals.challenge_ahead(session, ahead, clock=CLOCK)


def test_the_one_ahead_is_challenged_once(session: Session) -> None:
    mei, other = a_person(session), a_show(session, "B")
    has(session, a_show(session, "A"), mei)
    theirs = has(session, other, mei)
    command = ChallengeAhead(theirs.id, other.production.id, other.by_id)
    refusals.challenge_ahead(session, command, clock=CLOCK)

    with pytest.raises(RefusalError, match="asked already"):
        refusals.challenge_ahead(session, command, clock=CLOCK)

    assert told(session, ":challenged:") == 1


def test_a_confirmed_one_cannot_be_challenged(session: Session) -> None:
    mei, show = a_person(session), a_show(session, "A")
    mine = has(session, show, mei)
    accepts(session, offer(session, show, mei), mei)

    with pytest.raises(RefusalError, match="ended meanwhile"):
        refusals.challenge_holder(session, ChallengeHolder(mine.id, mei.id), clock=CLOCK)
    with pytest.raises(NotAllowedError):
        refusals.give_back(session, GiveBackRefusal(mine.id, mei.id), clock=CLOCK)


@pytest.mark.parametrize("is_cut", [True, False])
def test_closing_or_cutting_a_role_lets_its_first_refusals_go(
    session: Session, *, is_cut: bool
) -> None:
    show = a_show(session, "A")
    made = [has(session, show, a_person(session)) for _ in range(2)]
    command = RoleAct(show.role.id, show.by_id)
    act = breakdown.cut_role if is_cut else breakdown.close_role

    act(session, command, clock=CLOCK)

    assert {one.state for one in made} == {RefusalState.RELEASED}
    assert told(session, "released:talent") == 2


def test_a_day_that_is_called_off_ends_its_first_refusals(session: Session) -> None:
    mei, show = a_person(session), a_show(session, "A")
    mine = has(session, show, mei)
    behind = has(session, a_show(session, "B"), mei)

    call_off_day(session, a_call_off(session, show.day, clock=CLOCK), clock=CLOCK)

    assert mine.state == RefusalState.RELEASED
    assert rank(session, behind) == 1
    assert told(session, "released:talent") == 1


def test_a_standby_of_a_full_date_has_its_first_refusal_released(session: Session) -> None:
    mei, show = a_person(session), a_show(session, "A")
    mine = has(session, show, mei)
    made = offer(session, show, mei)
    for _ in range(3):
        a_booking(session, show.role, a_person(session), show.day)

    assert accepts(session, made, mei).standby

    assert mine.state == RefusalState.RELEASED
    state = sa.select(Booking.state).where(Booking.offer_id == made.id)
    assert session.scalars(state).one() == BookingState.STANDBY
