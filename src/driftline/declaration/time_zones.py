"""Time zones by their name in the IANA database."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

from driftline.declaration.errors import unknown_timezone

_LAST_LISTED_YEAR = 2037  # later changes of clocks follow the rule of that year


def time_zone(name: str) -> tzinfo:
    """Return the time zone of this name, such as Europe/Zurich; "UTC" is Python's own.

    Raises:
        PartitionsError: there is none.
    """
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        raise unknown_timezone(name, _closest(str(name))) from None


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return when `day` starts in `zone`, in UTC, as Dagster has it.

    Of a midnight that comes twice it is the first; where clocks skip midnight, the day starts at the skip.
    """
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def local_text(time: datetime, zone: tzinfo) -> str:
    """Return `time` as people of a zone write it: a midnight as its day, another time with its offset."""
    local = time.astimezone(zone)
    if time == midnight(local.date(), zone):
        return local.date().isoformat()
    return local.isoformat().replace("+00:00", "Z")


def changes_by_whole_hours(zone: tzinfo, since: datetime) -> bool:
    """Return whether each change of clocks from `since` on is one by whole hours."""
    if zone is UTC:
        return True
    hour = timedelta(hours=1)
    years = range(since.year, max(_LAST_LISTED_YEAR, since.year + 1) + 1)
    months = (datetime(year, month, 1, tzinfo=UTC) for year in years for month in range(1, 13))
    moments = [since, *(month for month in months if month > since)]
    return len({(moment.astimezone(zone).utcoffset() or timedelta(0)) % hour for moment in moments}) == 1


def _closest(name: str) -> str | None:
    """Return the zone that `name` may be meant for, by its whole name or by its city; None where none is close."""
    zones = sorted(available_timezones(), key=lambda zone: ("/" not in zone, zone))
    spellings = {zone.rpartition("/")[2].lower(): zone for zone in zones} | {zone.lower(): zone for zone in zones}
    close = get_close_matches(name.strip().replace(" ", "_").lower(), spellings, n=1)
    return spellings[close[0]] if close else None
