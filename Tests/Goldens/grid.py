"""Random numbers whose products and small sums are exact."""

import numpy as np


def grid(generator, shape, step, bound=0.75):
    """Random multiples of 1/step in [-bound, bound]."""
    return np.round(generator.uniform(-bound, bound, shape) * step) / step
