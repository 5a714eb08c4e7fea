"""Two records of one question become one, by the same rule as in merge.js: a test feeds both the same."""

from datetime import UTC, datetime, timedelta

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)  # before there was a book
RATINGS = ("missed", "partly", "got")  # how close own words came, the most modest first


def moment(at: str, now: datetime | None = None) -> str | None:
    """Write a moment so that earlier ones sort first; None where it cannot be: no date, before 2020, after tomorrow.

    >>> moment("2026-11-22T09:30:00Z", datetime(2027, 1, 1, tzinfo=UTC)), moment("2026-13-45T99:00:00Z")
    ('2026-11-22T09:30:00.000000', None)
    """
    try:
        time = datetime.fromisoformat(at)
    except ValueError:
        return None
    latest = (now or datetime.now(UTC)) + timedelta(days=1)
    return time.isoformat(timespec="microseconds")[:26] if EARLIEST <= time <= latest else None


def joined(one: dict, other: dict) -> dict:
    """Make one entry of two for the same question: the earliest first guess stays, and nothing else is lost.

    The order of the two does not matter; `merged` in merge.js is the same rule, and a test compares them.

    >>> one = {"at": "2026-11-20T09:00:00Z", "guess": "king", "confidence": "sure"}
    >>> two = {"at": "2026-11-21T09:00:00Z", "guess": "queen", "confidence": "guessing", "rating": "got"}
    >>> joined(two, one)["guess"], joined(two, one)["confidence"], joined(two, one)["rating"]
    ('king', 'sure', 'got')
    """
    first, then = sorted((one, other), key=_by_first)
    said = (one.get("rating"), other.get("rating"))
    reviews = sorted((one.get("reviews") or []) + (other.get("reviews") or []), key=_by_time)
    return {**then, **first,
            "confidence": first.get("confidence", ""), "skipped": first.get("skipped", False),
            "second": then.get("second") if first.get("second") is None else first["second"],
            "rating": next((rating for rating in RATINGS if rating in said), ""),  # the more modest
            "ticked": sorted({*(one.get("ticked") or []), *(other.get("ticked") or [])}),
            "revealed": bool(one.get("revealed") or other.get("revealed")),
            "reviews": list({at[:10]: [at, said] for at, said in reviews}.values())}  # the last word of a day


def _by_first(entry: dict) -> tuple:
    """Order entries: a guess before none, the older before the newer, and two of one moment by what they say."""
    return (entry["guess"] is None, _moment(entry["at"]), _by_value(entry["guess"]), entry.get("confidence", ""),
            entry.get("skipped", False), _by_value(entry.get("second")))


def _by_time(review: list) -> tuple:
    at, said = review
    return _moment(at), said, at


def _moment(at: str) -> str:
    return moment(at) or "later"  # an impossible time is never older


def _by_value(value) -> list:
    values = [] if value is None else value if isinstance(value, list) else [value]
    # JavaScript compares text by its units of 16 bits
    return [(isinstance(one, str), one.encode("utf-16-be", "surrogatepass") if isinstance(one, str) else one)
            for one in values]
