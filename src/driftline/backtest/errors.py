"""The errors of the room `backtest`."""

from driftline.errors import InvalidInputError


class UnknownPolicyError(InvalidInputError):
    """A name names no policy of a backtest."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text!r} names no policy. Known: never, daily, weekly, monthly, a cron line, statistical, alert, "
            "declared, or a threshold such as 'accuracy<0.7'; a window may follow, as in 'statistical:2d'."
        )


class NoDeliveriesError(InvalidInputError):
    """Labels come by delivery alone, and nobody said where they were delivered to."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The labels of {name!r} come by delivery alone. Give the workspace that they were delivered to, such as "
            "workspace=open_workspace()."
        )


class DoubledPolicyError(InvalidInputError):
    """Two policies of a backtest have one name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Two policies are named {name!r}. Give each a name of its own.")
