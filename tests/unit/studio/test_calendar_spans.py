from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.studio.calendar.spans import Span, days_from, month_of, week_of

DAYS = st.dates(date(2000, 1, 1), date(2999, 11, 30))
SPANS = st.builds(days_from, DAYS, st.integers(1, 400)) | DAYS.map(month_of) | DAYS.map(week_of)


@settings(max_examples=80, deadline=None)
@given(SPANS)
def test_whole_weeks_hold_every_day_once(span: Span) -> None:
    flat = [day for week in span.weeks for day in week]
    assert flat == [flat[0] + timedelta(days=number) for number in range(len(flat))]
    assert {week[0].weekday() for week in span.weeks} == {0}
    assert [day for day in flat if span.holds(day)] == list(span.days)
    assert any(span.holds(day) for day in span.weeks[-1])


@settings(max_examples=80, deadline=None)
@given(SPANS)
def test_turning_a_page_leaves_no_day_out(span: Span) -> None:
    assert span.before.last == span.first - timedelta(days=1)
    assert span.after.first == span.last + timedelta(days=1)


@pytest.mark.parametrize(
    ("span", "name"),
    [
        (month_of(date(2026, 2, 9)), "February 2026"),
        (week_of(date(2026, 12, 1)), "30 November to 6 December 2026"),
        (week_of(date(2026, 12, 9)), "7 to 13 December 2026"),
        (week_of(date(2027, 1, 1)), "28 December 2026 to 3 January 2027"),
        (days_from(date(2026, 12, 1), 1), "1 December 2026"),
        (days_from(date(2026, 12, 1), 31), "December 2026"),
    ],
)
def test_a_span_is_called_as_a_person_calls_it(span: Span, name: str) -> None:
    assert span.name == name


def test_months_of_any_length_are_followed_by_whole_months() -> None:
    january = month_of(date(2028, 1, 31))
    assert january.after == month_of(date(2028, 2, 29))
    assert january.after.after == month_of(date(2028, 3, 1))
    assert january.before == month_of(date(2027, 12, 1))
