"""Pictures of plots and backtests, drawn by matplotlib."""

from driftline.charts.backtest import draw, picture
from driftline.charts.files import picture_kind
from driftline.charts.plots import ACCENT, draw_plot, dress, label_axes, plot_picture

__all__ = ["ACCENT", "draw", "draw_plot", "dress", "label_axes", "picture", "picture_kind", "plot_picture"]
