"""Where alerts are sent: addresses of the deployment, opened by apprise; an address is never shown again."""

import logging
import re
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from driftline.alerting.errors import AlertDeliveryError, unusable_channel
from driftline.errors import LibraryMissingError
from driftline.sentences import Message

SENDER = "driftline-alert"  # the name of the threads that send
_LOUD = ("apprise", "urllib3.connectionpool")  # both write addresses into the log
_TYPES = {"info": "info", "warning": "warning", "critical": "failure"}


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One address.

    Attributes:
        number: its place in DRIFTLINE_ALERT_URLS, from 1.
        kind: what apprise calls the service, such as `JSON` or `E-Mail`.
    """

    number: int
    kind: str
    _url: SecretStr = field(repr=False)

    @property
    def name(self) -> str:
        """Return its name for people."""
        return f"Channel {self.number} ({self.kind})"

    def send(self, message: Message, *, severity: str, timeout_s: float) -> None:
        """Send a message; a server that is silent for `timeout_s` seconds is given up.

        Raises:
            AlertDeliveryError: the server did not take it.
        """
        with _LogCapture() as captured:
            try:
                notifier = _instantiate(self._url)  # one each: threads that send share nothing
                notifier.socket_connect_timeout = notifier.socket_read_timeout = timeout_s
                accepted = notifier.notify(
                    body=message.body,
                    title=message.subject,
                    notify_type=_TYPES.get(severity, "info"),
                    body_format="text",
                )
            except Exception as error:  # noqa: BLE001  (a hundred services; an exception's text may hold the address)
                raise AlertDeliveryError(self.name, f"it ended with {type(error).__name__}") from None
        if not accepted:
            raise AlertDeliveryError(self.name, captured.reason)


def open_channels(urls: Sequence[SecretStr]) -> tuple[Channel, ...]:
    """Return the channels of the deployment; of the addresses nothing but their kind can be seen.

    Raises:
        LibraryMissingError: apprise is not installed.
        InvalidSettingError: an address is none.
    """
    if not urls:
        return ()
    try:
        import apprise  # noqa: F401, PLC0415  (an optional extra)
    except ModuleNotFoundError as error:
        raise LibraryMissingError("apprise, which sends alerts,", error, "pip install 'driftline[alerts]'") from None
    channels = []
    with _LogCapture():
        for number, url in enumerate(urls, start=1):
            notifier = None
            with suppress(Exception):
                notifier = _instantiate(url)
            if notifier is None:
                raise unusable_channel(number, len(urls))
            kind = str(getattr(notifier, "service_name", "") or "channel")
            channels.append(Channel(number=number, kind=kind, _url=url))
    return tuple(channels)


def _instantiate(url: SecretStr) -> Any:
    import apprise  # noqa: PLC0415  (an optional extra)

    return apprise.Apprise.instantiate(url.get_secret_value())


class _LogCapture(logging.Filter):
    """Keeps this thread's lines of the loud loggers out of the log, and the status code that they name."""

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.get_ident()
        self.reason = "it did not answer, or refused"

    def filter(self, record: logging.LogRecord) -> bool:
        if record.thread != self._thread:
            return True
        code = re.search(r"\berror=([1-5][0-9]{2})\b", record.getMessage())
        if code is not None:
            self.reason = f"it answered with status {code[1]}"
        return False

    def __enter__(self) -> "_LogCapture":
        for name in _LOUD:
            logging.getLogger(name).addFilter(self)
        return self

    def __exit__(self, *_: object) -> None:
        for name in _LOUD:
            logging.getLogger(name).removeFilter(self)
