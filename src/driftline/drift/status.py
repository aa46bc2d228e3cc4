"""The answers that a drift check can give."""

from enum import StrEnum


class Verdict(StrEnum):
    """What a check says; only `ok` means that it looked and found nothing.

    ok: evaluated, no drift. drift: evaluated, drift. too_few_rows: not evaluated, more rows may decide it.
    undefined: not evaluated for another reason, which the note gives (one class only, no reference, a new
        column).
    """

    OK = "ok"
    DRIFT = "drift"
    TOO_FEW_ROWS = "too_few_rows"
    UNDEFINED = "undefined"
