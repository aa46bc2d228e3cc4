"""Public tables, read from OpenML when they are first asked for."""

import os
import warnings
from pathlib import Path

import pandas as pd

from driftline.datasets.errors import DownloadError


def openml(data_id: int, *, cache: Path) -> pd.DataFrame:
    """Return the table that OpenML holds under `data_id`, its default target column last.

    The download is scikit-learn's `fetch_openml`: it is well kept, checks the md5 that OpenML states, writes
    to its cache in one move, repairs a broken cache, and reads OpenML's own types (nominal columns become
    categories). After the first call nothing is downloaded. It sets no time limit of its own; Python's
    `socket.setdefaulttimeout` holds for it.

    Args:
        data_id: the number of the data set, such as 1590 for the Adult census.
        cache: a folder for downloads; it is created.

    Raises:
        DownloadError: OpenML cannot be reached, does not know the number, or sent something else than it
            announced.
    """
    from sklearn.datasets import fetch_openml  # noqa: PLC0415 - costs a second and is needed for downloads alone

    cache.mkdir(parents=True, exist_ok=True)
    what = f"The OpenML data set {data_id}"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="A network error occurred")  # of each retry; the last one raises
        warnings.filterwarnings("ignore", message="Invalid cache")
        try:
            fetched = fetch_openml(
                data_id=data_id, data_home=os.fspath(cache), as_frame=True, parser="pandas", n_retries=2
            )
        except (OSError, ValueError) as error:  # no network; an unknown number or a wrong md5
            raise DownloadError(what, error) from error
        except KeyError as error:
            raise DownloadError(what, f"the answer of OpenML lacks {error}") from error
    frame = fetched.frame
    targets = [name for name in fetched.target_names if name in frame.columns]
    return pd.DataFrame(frame[[name for name in frame.columns if name not in targets] + targets])
