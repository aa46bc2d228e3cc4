"""The outbox: messages that are stored are sent at least once, and a channel that hangs holds up no other."""

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from driftline.alerting.channels import SENDER, Channel
from driftline.alerting.errors import AlertDeliveryError
from driftline.sentences import Message
from driftline.store import alert_rows
from driftline.store.alert_rows import AlertDeliveryRow, DeliveryState
from driftline.workspace import Workspace

TIMEOUT_S = 15.0  # for one message; a sensor's tick has 60 s
CLAIM = timedelta(minutes=2)  # longer than a tick; the messages of a sender that died are due again after it
MOST_AT_ONCE = 20
FIRST_PAUSE = timedelta(seconds=30)  # doubled with each attempt
LONGEST_PAUSE = timedelta(hours=6)
MOST_ATTEMPTS = 14  # over a day and two hours


@dataclass(frozen=True, kw_only=True)
class DeliveryResult:
    """What became of the messages that were due.

    Attributes:
        sent: how many were taken.
        retried: how many will be tried again.
        failed: how many are given up.
        faults: why, without an address.
    """

    sent: int = 0
    retried: int = 0
    failed: int = 0
    faults: tuple[str, ...] = ()


def pause_after(attempt: int) -> timedelta:
    """Return how long to wait after `attempt` failed attempts: 30 s, then twice as long each time, at most 6 h.

    >>> [pause_after(attempt).total_seconds() for attempt in (1, 2, 3, 14)]
    [30.0, 60.0, 120.0, 21600.0]
    """
    return min(FIRST_PAUSE * (1 << min(attempt - 1, 20)), LONGEST_PAUSE)


def deliver(workspace: Workspace, channels: Sequence[Channel], *, timeout_s: float = TIMEOUT_S) -> DeliveryResult:
    """Send the messages that are due.

    Each is claimed first, so that of two senders only one sends it; its result is stored as it comes. A sender
    that dies after the server took a message and before that is stored sends it again: at least once.
    """
    if not channels:
        return DeliveryResult()
    now = workspace.clock()
    with workspace.database.transaction() as session:
        due = alert_rows.claim_due(session, now=now, lease=CLAIM, limit=MOST_AT_ONCE)
    rows, by_number = {row.id: row for row in due}, {channel.number: channel for channel in channels}
    outbound = [
        _OutboundMessage(
            key=row.id,
            channel=by_number[row.channel],
            message=Message(subject=row.subject, body=row.body),
            severity=row.severity,
        )
        for row in due
        if row.channel in by_number
    ]
    states, faults = [], []
    for row in due:
        if row.channel not in by_number:
            faults.append(f"Channel {row.channel} is no longer configured.")
            states.append(_record(workspace, row, faults[-1], final=True))
    for key, fault in _send_all(outbound, timeout_s):
        states.append(_record(workspace, rows[key], fault))
        faults += [fault] if fault is not None else []
    return DeliveryResult(
        sent=states.count(DeliveryState.SENT),
        retried=states.count(DeliveryState.PENDING),
        failed=states.count(DeliveryState.FAILED),
        faults=tuple(dict.fromkeys(faults)),
    )


def send_test(channels: Sequence[Channel], message: Message, *, timeout_s: float = TIMEOUT_S) -> dict[str, str | None]:
    """Send a message to each channel now, past the outbox; return by channel why it was not taken, or None."""
    outbound = [
        _OutboundMessage(key=channel.number, channel=channel, message=message, severity="info") for channel in channels
    ]
    faults = dict(_send_all(outbound, timeout_s))
    return {channel.name: faults[channel.number] for channel in channels}


@dataclass(frozen=True, kw_only=True)
class _OutboundMessage:
    """A message on its way to one channel; `key` says whose result it is."""

    key: int
    channel: Channel
    message: Message
    severity: str


def _send_all(outbound: Sequence[_OutboundMessage], timeout_s: float) -> Iterator[tuple[int, str | None]]:
    """Give the key of each message with why it was not taken, or None, as the answers come.

    Each is sent by a thread of its own, which nobody waits for beyond the timeout: some servers send a byte now
    and then and so outlive every timeout of a socket.
    """
    results: queue.SimpleQueue[tuple[int, str | None]] = queue.SimpleQueue()
    for message in outbound:
        threading.Thread(target=_send, args=(message, timeout_s, results), name=SENDER, daemon=True).start()
    waiting = {message.key: message.channel for message in outbound}
    deadline = time.monotonic() + timeout_s
    while waiting:
        try:
            key, fault = results.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        del waiting[key]
        yield key, fault
    for key, channel in waiting.items():
        yield key, str(AlertDeliveryError(channel.name, f"it did not answer within {timeout_s:g} s"))


def _send(outbound: _OutboundMessage, timeout_s: float, results: "queue.SimpleQueue[tuple[int, str | None]]") -> None:
    fault = None
    try:
        outbound.channel.send(outbound.message, severity=outbound.severity, timeout_s=timeout_s)
    except AlertDeliveryError as error:
        fault = str(error)
    results.put((outbound.key, fault))


def _record(workspace: Workspace, row: AlertDeliveryRow, fault: str | None, *, final: bool = False) -> DeliveryState:
    """Store what became of an attempt, unless somebody else has claimed the message since; return its state."""
    now = workspace.clock()
    is_last = final or row.attempts >= MOST_ATTEMPTS
    with workspace.database.transaction() as session:
        return alert_rows.record_attempt(
            session,
            row.id,
            row.attempts,
            fault=fault,
            retry_at=None if is_last else now + pause_after(row.attempts),
            now=now,
        )
