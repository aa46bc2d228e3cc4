"""The errors of the room `backtest`."""

from driftline.errors import InvalidInputError


class InvalidBacktestError(InvalidInputError):
    """A backtest cannot be made as it was asked for."""


def unknown_policy(text: str) -> InvalidBacktestError:
    """Return the error where a name names no policy of a backtest."""
    return InvalidBacktestError(
        f"{text!r} names no policy. Known: never, daily, weekly, monthly, a cron line, statistical, alert, "
        "recovery, declared, or a threshold such as 'accuracy<0.7'; a window may follow, as in 'statistical:2d'."
    )


def no_deliveries(name: str) -> InvalidBacktestError:
    """Return the error where labels come by delivery alone, and no workspace is given that has them."""
    return InvalidBacktestError(
        f"The labels of {name!r} come by delivery alone. Give the workspace that they were delivered to, such as "
        "workspace=open_workspace()."
    )


def doubled_policy(name: str) -> InvalidBacktestError:
    """Return the error where two policies of a backtest have one name."""
    return InvalidBacktestError(f"Two policies are named {name!r}. Give each a name of its own.")
