"""Rules of profiles: whose script comes first, lengths, links, gaps, kept lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.people.queries.words import kept
from marketplace.domain.people.rules import Work
from marketplace.domain.people.rules.profiles import (
    Holds,
    gaps_of,
    host_of,
    in_order,
    reel_problem,
)
from marketplace.domain.people.rules.sizes import feet, inches
from marketplace.domain.people.rules.words import Group, Word, all_words, find


@pytest.mark.parametrize(
    ("first", "second", "reads", "shown"),
    [
        ("林晚", "Lin Wan", "zh", ("林晚", "Lin Wan")),
        ("林晚", "Lin Wan", "en", ("Lin Wan", "林晚")),
        ("Lin Wan", "林晚", "zh", ("林晚", "Lin Wan")),
        ("Lin Wan", "林晚", "en", ("Lin Wan", "林晚")),
        ("𠮷野", "Yoshino", "en", ("Yoshino", "𠮷野")),
        ("Cher", "", "zh", ("Cher", "")),
        ("", "林晚", "en", ("林晚", "")),
        ("Ava Lin", "Ава Лин", "zh", ("Ava Lin", "Ава Лин")),
        ("林晚", "林婉", "en", ("林晚", "林婉")),
    ],
)
def test_readers_see_the_name_they_can_read_first(
    first: str,
    second: str,
    reads: str,
    shown: tuple[str, str],
) -> None:
    assert in_order(first, second, is_chinese=reads == "zh") == shown


@pytest.mark.parametrize(
    ("centimetres", "in_feet"),
    [(152, "5 ft 0 in"), (175, "5 ft 9 in"), (183, "6 ft 0 in"), (182, "6 ft 0 in")],
)
def test_a_height_is_shown_in_feet_and_whole_inches(centimetres: int, in_feet: str) -> None:
    assert feet(centimetres) == in_feet


@pytest.mark.parametrize(
    ("centimetres", "in_inches"), [(90, "35½ in"), (91, "36 in"), (62, "24½ in"), (61, "24 in")]
)
def test_a_girth_is_shown_to_half_an_inch(centimetres: int, in_inches: str) -> None:
    assert inches(centimetres) == in_inches


@given(st.integers(50, 250))
def test_feet_never_have_twelve_inches(centimetres: int) -> None:
    whole, _, rest, _ = feet(centimetres).split()

    assert int(rest) < 12
    assert abs((int(whole) * 12 + int(rest)) * 254 - centimetres * 100) <= 127


@pytest.mark.parametrize(
    "url", ["https://vimeo.com/1", "https://www.bilibili.com/video/BV1?p=2", "https://a.cn:443/x"]
)
def test_addresses_of_pages_may_be_reels(url: str) -> None:
    assert reel_problem(url) is None


@pytest.mark.parametrize(
    "url",
    [
        *("", "vimeo.com/1", "http://vimeo.com/1", "javascript:alert(1)", "https://localhost/x"),
        *("https://user:pw@vimeo.com/1", "https://vimeo.com:8080/1", "https://[::1", "https://"),
        *("https://vimeo.com/a b", "data:text/html,x", "https://vimeo.com:99999999/"),
    ],
)
def test_anything_else_is_no_reel(url: str) -> None:
    assert reel_problem(url) is not None


def test_a_link_is_shown_by_its_host() -> None:
    assert host_of("https://www.vimeo.com/1?x=y") == "vimeo.com"
    assert host_of("nothing") == ""


NOTHING = Holds(frozenset({Work.ACTOR, Work.CREW}), *[False] * 7)


def test_an_empty_profile_misses_everything_the_headshot_first() -> None:
    gaps = gaps_of(NOTHING)

    assert str(gaps[0].words) == "Add a headshot"
    assert len(gaps) == 7


def test_a_whole_profile_misses_nothing() -> None:
    assert gaps_of(Holds(NOTHING.works, *[True] * 7)) == []


def test_crew_need_no_sizes_and_actors_no_positions() -> None:
    crew = gaps_of(Holds(frozenset({Work.CREW}), *[False] * 7))
    actor = gaps_of(Holds(frozenset({Work.ACTOR}), *[False] * 7))

    assert "Fill in your height and sizes" not in [str(gap.words) for gap in crew]
    assert "Choose the positions you work in" not in [str(gap.words) for gap in actor]


def test_kept_words_are_there_in_both_languages_once() -> None:
    lists = kept()
    groups: tuple[Group, ...] = (*lists.skills, *lists.departments)

    for words in (
        all_words(lists.skills),
        all_words(lists.departments),
        [group.head for group in groups],
        lists.hair,
        lists.eyes,
        lists.certificates,
    ):
        codes = [word.code for word in words]
        assert len(set(codes)) == len(codes) > 5
        assert all(word.en and word.zh and word.code.isascii() for word in words)


def test_words_are_found_by_their_code_and_others_stay_what_they_are() -> None:
    lists = kept()

    assert lists.skill("sword") == Word("sword", "Sword", "剑术")
    assert lists.skill("juggling") == Word("juggling", "juggling", "juggling")
    assert lists.crew_position("gaffer").zh == "灯光师"
    assert lists.certificate("forklift").zh == "叉车"
    assert lists.department_of("gaffer") == "electric"
    assert lists.department_of("nobody") is None
    assert find([], "x") == Word("x", "x", "x")
