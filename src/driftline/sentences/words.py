"""Numbers and times as sentences write them."""

from datetime import datetime


def minute(time: datetime | str | None) -> str:
    """Return a time to the minute in UTC; an ISO 8601 text, as details hold it, is read first."""
    if time is None:
        return "an unknown time"
    moment = datetime.fromisoformat(time) if isinstance(time, str) else time
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def score(value: float | None) -> str:
    """Return a score with four digits, or that it is unknown."""
    return "unknown" if value is None else f"{value:.4f}"


def sentence(text: str) -> str:
    """Return `text` with one full stop at its end."""
    return f"{text.rstrip('.')}."
