"""McNemar's mid-p test of two accuracies on the same rows."""

from math import sqrt

from scipy.special import bdtr

from driftline.metrics.intervals import normal_quantile
from driftline.metrics.losses import hits
from driftline.metrics.rows import ScoredRows
from driftline.metrics.significance import PairedTest, without_variance


def paired_mcnemar(champion: ScoredRows, challenger: ScoredRows, seed: int) -> PairedTest:
    """Return McNemar's mid-p test of two accuracies, from the rows that only one model got right.

    Source: Fagerland, Lydersen & Laake 2013 (mid-p); Bonett & Price 2012 (interval).
    """
    del seed
    champion_hits, challenger_hits = hits(champion), hits(challenger)
    only_champion = int((champion_hits & ~challenger_hits).sum())
    only_challenger = int((challenger_hits & ~champion_hits).sum())
    return mcnemar(only_champion, only_challenger, champion.row_count)


def mcnemar(only_champion: int, only_challenger: int, row_count: int) -> PairedTest:
    """Return McNemar's mid-p test from its counts; the gain is the difference in share of right rows.

    Args:
        only_champion: rows that only the champion got right.
        only_challenger: rows that only the challenger got right.
        row_count: all rows, at least 1.

    >>> tested = mcnemar(10, 25, 1000)
    >>> tested.gain, round(tested.p_value_two_sided, 4)
    (0.015, 0.0113)
    """
    discordant = only_champion + only_challenger
    gain = (only_challenger - only_champion) / row_count
    method = "McNemar mid-p"
    if discordant == 0:
        return without_variance(method, 0.0, "identical hits")
    p_value = _mid_p(only_champion, discordant)
    if only_champion == only_challenger:
        two_sided = 0.5 + _cumulative(only_champion - 1, discordant)  # 1 - P(X = half) / 2
    else:
        two_sided = 2.0 * _mid_p(min(only_champion, only_challenger), discordant)
    share_champion, share_challenger = ((k + 1) / (row_count + 2) for k in (only_champion, only_challenger))
    middle = share_challenger - share_champion
    standard_error = sqrt((share_champion + share_challenger - middle**2) / (row_count + 2))
    half = normal_quantile(0.95) * standard_error
    return PairedTest(
        method=method,
        gain=gain,
        standard_error=standard_error,
        ci_low=max(-1.0, middle - half),
        ci_high=min(1.0, middle + half),
        p_value=p_value,
        p_value_two_sided=two_sided,
    )


def _cumulative(successes: int, trials: int) -> float:
    return 0.0 if successes < 0 else float(bdtr(successes, trials, 0.5))


def _mid_p(successes: int, trials: int) -> float:
    """Return P(X < successes) + P(X = successes) / 2 for X ~ Binomial(trials, 1/2)."""
    return (_cumulative(successes, trials) + _cumulative(successes - 1, trials)) / 2.0
