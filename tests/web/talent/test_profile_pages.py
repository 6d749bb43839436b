"""The pages of a profile: each saves by itself, loses nothing, and shows others what it may."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from marketplace.domain.accounts.models import User
from marketplace.domain.accounts.rules import CompanyRole
from marketplace.domain.people.models import Person
from marketplace.domain.people.queries.whole import WholeProfile, whole
from marketplace.domain.people.rules import Work
from marketplace.domain.people.services.profiles import Profile, keep_profile
from tests.support.builders import a_company, a_member, a_person, a_user
from tests.support.pictures import a_phone_photo, a_picture
from tests.support.site import Browser, Site

MEGABYTE = 1024 * 1024
LOOKS = {
    "age_from": "24",
    "age_to": "34",
    "height": "168",
    "hair": "black",
    "eyes": "",
    "marks": "Small tattoo, left wrist",
    "skills": ["sword", "singing"],
    "own_skills": "古筝、juggling",
    "languages-0-code": "zh",
    "languages-0-level": "native",
    "languages-1-code": "",
    "languages-1-level": "working",
}


@pytest.fixture
def ava(site: Site) -> User:
    with site.arrange() as session:
        user = a_user(session, "Ava Lin", email="ava@example.test")
        profile = Profile(
            "Lin Wan",
            frozenset({Work.ACTOR}),
            *("Zhengzhou", "CN", "Asia/Shanghai"),
            second_name="林晚",
            about="On set since 2019.",
            phone="+8613800138000",
        )
        keep_profile(session, user.id, profile, clock=site.clock)
    return user


@pytest.fixture
def caster(site: Site) -> User:
    with site.arrange() as session:
        return a_member(session, a_company(session), CompanyRole.CASTING)


def person_of(session: Session, user: User) -> Person:
    return session.query(Person).filter_by(user_id=user.id).one()


def saved(site: Site, user: User) -> WholeProfile:
    with site.look() as session:
        return whole(session, person_of(session, user).id)


def listed(site: Site, user: User) -> str:
    """Let productions find somebody; returns the address of their profile."""
    with site.arrange() as session:
        person = person_of(session, user)
        person.is_listed = True
        return f"/people/{person.public_id}"


def send_photo(
    browser: Browser, content: bytes, status: int = 303, alt: str = "In a red coat"
) -> str:
    photo = FileStorage(BytesIO(content), "IMG_0001.jpg" if content else "")
    data = {"photo": photo, "alt": alt, "csrf_token": browser.csrf_token()}
    boundary, body = encode_multipart(data)  # at once: the client would leave a file open
    kind = f"multipart/form-data; boundary={boundary}"
    answer = browser.client.post("/me/photos", data=body, content_type=kind)
    assert answer.status_code == status
    return answer.text


def test_a_photo_from_a_phone_is_added_described_and_removed(site: Site, ava: User) -> None:
    browser = site.browser(ava)
    send_photo(browser, a_phone_photo())
    send_photo(browser, a_picture(), alt="")

    first, second = saved(site, ava).photos
    page = browser.get("/me/photos").text
    assert "2 of 12" in page
    assert f"/photos/{first.public_id}/thumb.jpg" in page
    for do in ("describe", "headshot", "up"):
        browser.post(f"/me/photos/{second.public_id}", {"do": do, "alt": "Smiling"})
    assert [(one.alt, one.is_headshot) for one in saved(site, ava).photos] == [
        ("Smiling", True),
        ("In a red coat", False),
    ]

    browser.post(f"/me/photos/{second.public_id}", {"do": "remove"})
    browser.get(f"/photos/{second.public_id}/large.jpg", 404)
    stale = browser.post(f"/me/photos/{second.public_id}", {"do": "down"}, 404)
    assert "not there any more" in stale.text


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b"", 422, "Choose a photo"),
        (b"no photo", 409, "no picture"),
        (bytes(15 * MEGABYTE + 1), 422, "up to 15 MB"),
        (bytes(31 * MEGABYTE), 413, "too large"),
    ],
    ids=["none", "text", "large", "huge"],
)
def test_what_is_no_photo_is_refused_on_the_form(
    site: Site, ava: User, content: bytes, status: int, reason: str
) -> None:
    page = send_photo(site.browser(ava), content, status)

    assert reason in page
    assert status == 413 or "In a red coat" in page
    assert saved(site, ava).photos == []


def test_other_forms_stay_small(site: Site, ava: User) -> None:
    site.browser(ava).post("/me/looks", {"marks": "x" * (5 * MEGABYTE)}, 413)


def test_a_photo_opens_for_those_who_see_the_profile_and_is_kept_privately(
    site: Site, ava: User, caster: User
) -> None:
    send_photo(site.browser(ava), a_picture())
    address = f"/photos/{saved(site, ava).photos[0].public_id}/thumb.jpg"
    browser = site.browser(caster)
    browser.get(address, 404)
    site.browser().get(address, 302)

    listed(site, ava)

    answer = browser.get(address)
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"].startswith("private")
    again = browser.get(address, 304, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.data == b""
    browser.get(address.replace("thumb", "huge"), 404)
    browser.get("/photos/nothing/thumb.jpg", 404)


def test_sizes_skills_and_languages_are_saved_and_shown_again(site: Site, ava: User) -> None:
    page = site.browser(ava).follow("/me/looks", LOOKS).text

    found = saved(site, ava)
    assert (found.sizes.age_from, found.sizes.height, found.sizes.hair) == (24, 168, "black")
    assert [word for word, _ in found.skills] == ["sword", "singing", "古筝", "juggling"]
    assert [code for code, _ in found.languages] == ["zh"]
    for text in ('value="168"', "古筝, juggling", "Small tattoo, left wrist"):
        assert text in page


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"height": "1.68"}, "whole number"),
        ({"height": "16"}, "from 50 to 250"),
        ({"age_to": ""}, "both ages"),
        ({"age_to": "20"}, "the higher one"),
        ({"skills": ["nothing"]}, "not a valid choice"),
        ({"own_skills": "x" * 81}, "commas"),
        ({"own_skills": ",".join(f"s{number}" for number in range(40))}, "too many"),
        ({"languages-0-code": "xx"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    site: Site, ava: User, change: dict[str, object], reason: str
) -> None:
    browser = site.browser(ava)
    status = 409 if reason == "too many" else 422

    page = browser.post("/me/looks", {**LOOKS, **change}, status).text

    assert reason in page
    assert "Small tattoo, left wrist" in page
    assert saved(site, ava).sizes.marks == ""


def test_positions_and_rate_are_saved(site: Site, ava: User) -> None:
    browser = site.browser(ava)
    crew = {"positions": ["gaffer", "boom"], "rate": "450.50", "currency": "USD", "hours": "10"}

    page = browser.follow("/me/crew", crew).text

    found = saved(site, ava)
    assert found.rate
    assert (found.positions, found.rate.minor, found.minutes) == (["gaffer", "boom"], 45_050, 600)
    assert 'value="450.50"' in page
    for rate in ("-1", "0", "1" * 30, "much"):
        assert "Enter an amount" in browser.post("/me/crew", {**crew, "rate": rate}, 422).text
    browser.post("/me/crew", {"currency": "USD"})
    assert saved(site, ava).rate is None


@pytest.mark.parametrize(
    ("kind", "entry", "wrong", "reason", "home"),
    [
        (
            "reels",
            {"title": "Showreel", "url": "https://vimeo.com/1"},
            {"url": "javascript:alert(1)"},
            "https://",
            "/me/work",
        ),
        (
            "credits",
            {"title": "Night Bride", "role": "Nora", "year": "2025"},
            {"year": "25"},
            "Enter a year",
            "/me/work",
        ),
        (
            "kit",
            {"name": "LED panel", "rate": "120", "currency": "USD"},
            {"rate": "0"},
            "above zero",
            "/me/crew",
        ),
        (
            "certificates",
            {"kind": "forklift", "number": "AB-1234471", "expires_on": "2027-06-30"},
            {"expires_on": "0001-01-01"},
            "Enter a date",
            "/me/crew",
        ),
    ],
)
def test_something_is_put_on_each_list_changed_and_removed(  # noqa: PLR0913,PLR0917 - a table
    site: Site,
    ava: User,
    kind: str,
    entry: dict[str, str],
    wrong: dict[str, str],
    reason: str,
    home: str,
) -> None:
    browser, new = site.browser(ava), f"/me/{kind}/new"
    browser.get(new)
    assert reason in browser.post(new, {**entry, **wrong}, 422).text
    assert browser.post(new, entry).location.startswith(home)
    browser.post(new, entry)

    public_id = getattr(saved(site, ava), kind)[0].public_id
    form = browser.get(f"/me/{kind}/{public_id}").text
    assert next(value for name, value in entry.items() if name != "kind") in form or kind == (
        "certificates"
    )
    browser.post(f"/me/{kind}/{public_id}", entry)
    browser.post(f"/me/{kind}/{public_id}/place", {"do": "down"})
    assert getattr(saved(site, ava), kind)[1].public_id == public_id
    browser.post(f"/me/{kind}/{public_id}/place", {"do": "down"})
    browser.post(f"/me/{kind}/{public_id}/place", {"do": "nothing"})
    assert getattr(saved(site, ava), kind)[1].public_id == public_id
    browser.post(f"/me/{kind}/{public_id}/place", {"do": "remove"})
    browser.get(f"/me/{kind}/{public_id}", 404)
    browser.post(f"/me/{kind}/{public_id}", entry, 404)
    stale = browser.post(f"/me/{kind}/{public_id}/place", {"do": "up"}, 404)
    assert "not on your profile" in stale.text
    assert len(getattr(saved(site, ava), kind)) == 1


def test_the_number_of_a_certificate_stays_when_it_is_left_empty(site: Site, ava: User) -> None:
    browser = site.browser(ava)
    browser.post("/me/certificates/new", {"kind": "forklift", "number": "AB-1234471"})
    public_id = saved(site, ava).certificates[0].public_id

    browser.post(f"/me/certificates/{public_id}", {"kind": "drone_pilot"})

    assert [(one.kind, one.last4) for one in saved(site, ava).certificates] == [
        ("drone_pilot", "4471")
    ]


def test_a_production_sees_a_profile_without_contact_or_numbers(
    site: Site, ava: User, caster: User
) -> None:
    own = site.browser(ava)
    send_photo(own, a_picture())
    own.post("/me/looks", LOOKS)
    own.post("/me/crew", {"positions": ["gaffer"], "rate": "450", "currency": "USD", "hours": "10"})
    own.post("/me/reels/new", {"title": "Showreel", "url": "https://www.vimeo.com/1"})
    own.post("/me/credits/new", {"title": "Night Bride", "role": "Nora", "year": "2025"})
    own.post("/me/kit/new", {"name": "LED panel", "rate": "120", "currency": "USD", "note": "Two"})
    ended = {"kind": "forklift", "number": "AB-1234471", "expires_on": "2024-06-30"}
    own.post("/me/certificates/new", ended)
    address = listed(site, ava)

    page = site.browser(caster).get(address).text

    assert page.index("Lin Wan") < page.index("林晚")
    for text in (
        *("168 cm · 5 ft 6 in", "24–34", "Sword", "juggling", "Mandarin (Native)", "Gaffer"),
        *("$450", "10 h", "LED panel", "vimeo.com", "noopener nofollow", "Night Bride"),
        *("Forklift", "Ended on", "On set since 2019."),
    ):
        assert text in page
    for secret in ("13800138000", "ava@example.test", "4471", "Ava Lin"):
        assert secret not in page
    assert "4471" in own.get(address).text
    assert "This is how productions see you" in own.get(address).text
    card = site.browser(caster).get(f"{address}/comp-card.pdf")
    assert card.data.startswith(b"%PDF-")
    assert card.headers["Cache-Control"] == "private, no-store"


def test_readers_of_chinese_see_the_chinese_name_first(site: Site, ava: User, caster: User) -> None:
    address = listed(site, ava)
    browser = site.browser(caster)
    browser.post("/preferences", {"lang": "zh_Hans"})

    page = browser.get(address).text

    assert "<title>林晚 · Dayrate</title>" in page
    assert page.index("林晚") < page.index("Lin Wan")


def test_a_name_no_font_has_is_said_on_the_profile(site: Site, ava: User) -> None:
    with site.arrange() as session:
        person = person_of(session, ava)
        person.stage_name = "Lin \U0001f984"
        address = f"/people/{person.public_id}"

    page = site.browser(ava).get(f"{address}/comp-card.pdf", 303)

    assert page.location == address
    with site.arrange() as session:
        other = a_person(session, "Bea Hart")
        hidden = f"/people/{other.public_id}"
    site.browser(ava).get(hidden, 404)
    site.browser(ava).get(f"{hidden}/comp-card.pdf", 404)
