"""Which of two versions answers for a key: the same in every process, and for as long as the share grows."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from driftline.declaration.errors import RuleValueError
from driftline.metrics import FloatArray

_SEPARATOR = "\x1f"  # no salt and key run together into another pair


def assignment_units(keys: Sequence[str], *, salt: str) -> FloatArray:
    """Return a number in [0, 1) for each key, shape (n_keys,): its place among all keys under this salt.

    It is made of the first 8 bytes of the SHA-256 of the salt and the key, cut to the 53 bits that a float holds, so
    that no key is rounded up to 1. Two salts give places that have nothing to do with each other.

    >>> assignment_units(["station 7"], salt="fires/2").round(6).tolist()
    [0.489465]
    """
    prefix = hashlib.sha256(f"{salt}{_SEPARATOR}".encode())
    units = np.empty(len(keys))
    for place, key in enumerate(keys):
        digest = prefix.copy()
        digest.update(key.encode())
        units[place] = (int.from_bytes(digest.digest()[:8], "big") >> 11) / 2**53
    return units


def assigned_to_challenger(keys: Sequence[str], *, salt: str, share: float) -> npt.NDArray[np.bool_]:
    """Return which keys the challenger answers for, shape (n_keys,); a greater share moves no key back.

    Raises:
        RuleValueError: `share` is not in [0, 1].
    """
    if not 0.0 <= share <= 1.0:
        raise RuleValueError("The bandit", "share", share, "a number from 0 to 1")
    return np.asarray(assignment_units(keys, salt=salt) < share, dtype=np.bool_)
