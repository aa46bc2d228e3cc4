"""The errors of the room `alerting`."""

from driftline.errors import StorageError
from driftline.settings import InvalidSettingError


class AlertDeliveryError(StorageError):
    """A message was not delivered; the reason holds no address and no password."""

    def __init__(self, channel: str, reason: str) -> None:
        super().__init__(f"{channel} did not take the message: {reason}.")


def unusable_channel(number: int, count: int) -> InvalidSettingError:
    """Return the error where an address for alerts is not one; the address is a secret and is not shown."""
    return InvalidSettingError(
        f"Address {number} of {count} in DRIFTLINE_ALERT_URLS is not one that apprise understands. "
        "Write it as https://appriseit.com/services lists them, and percent-encode special characters."
    )


def no_channel() -> InvalidSettingError:
    """Return the error where a test message has nowhere to go."""
    return InvalidSettingError(
        "No address for alerts is configured. Set DRIFTLINE_ALERT_URLS, as to "
        "mailtos://user:password@example.org or json://127.0.0.1:8080/alerts."
    )
