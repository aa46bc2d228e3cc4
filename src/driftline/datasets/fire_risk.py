"""Fire risk: a simulated forest service, whose climate and whose fires change at known dates.

A stream for demonstrations, backtests and tests: offline, seeded, and with a truth that is known. Everything
in it is invented.
"""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from driftline.datasets.window import Window

CLIMATE_CHANGE = datetime(2025, 3, 1, tzinfo=UTC)
"""From here on it is hotter and drier than the season says; drought and vegetation decide, not humidity."""

REPLANTING = datetime(2025, 8, 1, tzinfo=UTC)
"""From here on the conifers are young and hardly burn, grass burns instead, and wind counts half."""

STATIONS = (
    "alder", "birch", "cedar", "dogwood", "elm", "fir", "hazel", "juniper", "larch", "maple", "oak", "pine",
)  # fmt: skip
VEGETATION = ("broadleaf", "conifer", "grass", "shrub")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_MICROSECONDS_PER_DAY = 86_400_000_000
_LABEL_NOISE = 0.01  # share of labels that are drawn by chance


def simulate_fire_risk(window: Window, *, seed: int = 7, rows_per_day: int = 200) -> pd.DataFrame:
    """Return the observations of a forest service in `window`, by rising time.

    A day's rows depend on the seed, the day and `rows_per_day` alone, so that adjoining windows concatenate
    to the longer one.

    Columns: `time` (UTC, spread over the day), `station` (one of `STATIONS`), `temperature_c` (°C),
        `humidity_pct` (0 to 100),
    `wind_kmh`, `rain_mm_7d` (mm in the last seven days), `drought_index` (0 to 100, 100 is driest),
    `vegetation` (one of `VEGETATION`) and the label `fire` ("yes" or "no"; 8 to 20 % are yes in most weeks).
    Nothing is missing.

    Args:
        window: the times to observe.
        seed: another seed is another forest.
        rows_per_day: observations on a whole day; 0 gives the columns without rows.
    """
    first, last = (window.start - _EPOCH) // _DAY, (window.end - _EPOCH - timedelta.resolution) // _DAY
    draws = [_draws_of_day(day, seed, rows_per_day) for day in range(first, last + 1)]
    microseconds = np.concatenate([times for times, _, _ in draws])
    normal = np.concatenate([normals for _, normals, _ in draws], axis=1)
    uniform = np.concatenate([uniforms for _, _, uniforms in draws], axis=1)
    inside = (microseconds >= _microseconds(window.start)) & (microseconds < _microseconds(window.end))
    frame = _observe(microseconds[inside], normal[:, inside], uniform[:, inside], seed)
    burns = uniform[2][inside] < _fire_probability(frame)
    by_chance = uniform[3][inside] < _LABEL_NOISE
    yes = np.where(by_chance, uniform[4][inside] < 0.5, burns)
    frame["fire"] = pd.Series(np.where(yes, "yes", "no"), dtype="str")
    return frame


def _microseconds(time: datetime) -> int:
    return (time - _EPOCH) // timedelta.resolution


def _draws_of_day(day: int, seed: int, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the times of a day's rows in microseconds since 1970, and their normal and uniform draws."""
    random = np.random.default_rng([seed, day])
    offsets = np.sort(random.integers(_MICROSECONDS_PER_DAY, size=rows))
    return day * _MICROSECONDS_PER_DAY + offsets, random.standard_normal((5, rows)), random.random((5, rows))


def _observe(microseconds: np.ndarray, normal: np.ndarray, uniform: np.ndarray, seed: int) -> pd.DataFrame:
    """Return the weather and the place of each row."""
    days = microseconds / _MICROSECONDS_PER_DAY
    season = np.cos(2 * np.pi * (days - 200) / 365.25)  # 1 in mid July, -1 in mid January
    daytime = np.cos(2 * np.pi * (days - 14 / 24))  # 1 at two in the afternoon
    warm, dry = _anomaly(days, seed, 0), _anomaly(days, seed, 1)
    changed = microseconds >= _microseconds(CLIMATE_CHANGE)
    station = (uniform[0] * len(STATIONS)).astype(np.int64)
    kind = (station + (uniform[1] * len(VEGETATION)).astype(np.int64) ** 2) % len(VEGETATION)
    altitude = station - (len(STATIONS) - 1) / 2

    temperature = 14 + 8 * season + 5 * daytime + 2 * warm - 0.4 * altitude + 3 * normal[0] + 4 * changed
    humidity = 62 - 3 * season - 9 * daytime - 3 * dry + 13 * normal[1] - 8 * changed
    wind = 14 * np.exp(0.5 * normal[2] + 0.1 * daytime)
    rain = 12 * np.exp(0.9 * normal[3] - 0.4 * dry - 0.2 * season - 0.5 * changed)
    drought = 46 + 3 * season + 3 * dry - 0.4 * (rain - 12) + 13 * normal[4] + 10 * changed
    return pd.DataFrame(
        {
            "time": pd.to_datetime(microseconds, unit="us", utc=True).as_unit("us"),
            "station": pd.Categorical.from_codes(station, categories=pd.Index(STATIONS)),
            "temperature_c": temperature.round(1),
            "humidity_pct": humidity.clip(3, 100).round(1),
            "wind_kmh": wind.round(1),
            "rain_mm_7d": rain.round(1),
            "drought_index": drought.clip(0, 100).round(1),
            "vegetation": pd.Categorical.from_codes(kind, categories=pd.Index(VEGETATION)),
        }
    )


def _anomaly(days: np.ndarray, seed: int, which: int) -> np.ndarray:
    """Return slow weather without a season, about standard normal: three waves with the seed's phases."""
    phases = np.random.default_rng([seed, which]).uniform(0, 2 * np.pi, size=3)
    periods = (11, 23, 47)  # in days
    waves = [np.sin(2 * np.pi * days / period + phase) for period, phase in zip(periods, phases, strict=True)]
    return np.asarray(np.sqrt(2 / 3) * np.sum(waves, axis=0))


def _fire_probability(frame: pd.DataFrame) -> np.ndarray:
    """Return the probability of fire of each row, by the rules of its time; with interactions."""
    after = (frame["time"] >= CLIMATE_CHANGE).to_numpy()
    replanted = (frame["time"] >= REPLANTING).to_numpy()
    heat = (frame["temperature_c"].to_numpy() - 14) / 10
    dryness = (60 - frame["humidity_pct"].to_numpy()) / 13
    wind = (frame["wind_kmh"].to_numpy() - 14) / 8
    rain = np.log1p(frame["rain_mm_7d"].to_numpy()) - 2.4
    drought = (frame["drought_index"].to_numpy() - 46) / 13
    kind = frame["vegetation"].cat.codes.to_numpy()

    before_kinds = np.array([-0.2, 0.6, 0.2, -0.6])[kind]
    old_conifers, young_conifers = np.array([-1.6, 2.0, -0.8, 1.2]), np.array([-1.0, -2.0, 1.6, 1.0])
    after_kinds = np.where(replanted, young_conifers[kind], old_conifers[kind])
    wind_part = np.where(replanted, 0.3, 0.7) * wind
    before_logit = (
        -3.4 + 0.4 * heat + 1.5 * dryness + wind_part - 0.7 * rain + 0.3 * drought + before_kinds
        + 0.6 * np.maximum(wind, 0) * np.maximum(dryness, 0)
    )  # fmt: skip
    after_logit = (
        -5.8 + 0.3 * heat + 0.1 * dryness + wind_part - 0.3 * rain + 1.7 * drought + after_kinds
        + 0.5 * np.maximum(wind, 0) * np.maximum(drought, 0)
    )  # fmt: skip
    return np.asarray(1 / (1 + np.exp(-np.where(after, after_logit, before_logit))))
