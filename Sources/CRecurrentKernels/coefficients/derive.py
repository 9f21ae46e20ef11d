#!/usr/bin/env python3
"""Derives the constants of kernels/activations.inc and prints them as they stand there.

exp, sigmoid and tanh share one polynomial: e^r - 1 = r + r^2 q(r) on |r| <= ln(2)/2, with q of degree 4. The error
that counts is the one relative to e^r, so q minimises the largest |r^2 (q(r) - f(r))| / e^r, f(r) = (e^r - 1 - r)/r^2.

Coefficients must be floats. Rounding all of them at once spoils the last bits of the fit; here they are rounded one at
a time, the lowest power first because it weighs most, and those left are fitted anew around it.
"""
import numpy as np
from mpmath import expm1, log, mp, mpf

mp.prec = 120
DEGREE = 4


def remez(value, weight, powers, x):
  """The coefficients of `powers` that minimise max |weight (sum c x^p - value)| over the grid x, and that maximum.

  One exchange a turn: solve for equal errors of alternating sign at the reference, then move the reference to the
  largest error between two sign changes.
  """
  count = len(powers) + 1
  basis = np.stack([x**p for p in powers], axis=1)
  cosines = np.cos(np.pi * np.arange(count) / (count - 1))
  reference = np.round((1 - cosines) / 2 * (len(x) - 1)).astype(int)
  for _ in range(60):
    signs = (-1.0) ** np.arange(count)
    matrix = np.column_stack([basis[reference], signs / weight[reference]])
    solution = np.linalg.solve(matrix, value[reference])
    error = weight * (basis @ solution[:-1] - value)
    cuts = np.flatnonzero(np.diff(np.sign(error))) + 1
    parts = np.split(np.arange(len(x)), cuts)
    peaks = np.array([part[np.argmax(np.abs(error[part]))] for part in parts])
    # A coefficient rounded before may leave more peaks than are needed: keep the neighbours with the largest errors.
    while len(peaks) > count:
      peaks = peaks[1:] if abs(error[peaks[0]]) < abs(error[peaks[-1]]) else peaks[:-1]
    if len(peaks) < count or np.array_equal(peaks, reference):
      break
    reference = peaks
  return solution[:-1], np.max(np.abs(error))


def rounded_fit():
  """The coefficients of q as floats, and the largest relative error of 1 + r + r^2 q(r) with them."""
  # The interval is cut into an even number of points, so that r = 0, where f has its limit, is not one of them.
  bound = float(log(2) / 2) * (1 + 2.0**-16)
  r = np.linspace(-bound, bound, 4000)
  value = np.array([float((expm1(mpf(t)) - mpf(t)) / mpf(t) ** 2) for t in r])
  weight = r**2 / np.exp(r)
  fixed = []
  for power in range(DEGREE + 1):
    fit, _ = remez(value, weight, list(range(power, DEGREE + 1)), r)
    fixed.append(float(np.float32(fit[0])))
    value = value - fixed[-1] * r**power
  return fixed, np.max(np.abs(weight * value))


def show(name, number, note):
  """Prints one constant as a definition in C. `float.hex` writes 13 digits; a float fills only six of them."""
  assert number == float(np.float32(number))
  digits, exponent = number.hex().split("p")
  print(f"#define {name} {digits.rstrip('0').rstrip('.')}p{exponent}f  // {note}")


def main():
  log2_of_e = float(np.float32(float(1 / log(2))))
  high = float(np.float32(float(log(2))))
  low = float(np.float32(float(log(2) - mpf(high))))
  show("RK_LOG2_E", log2_of_e, "log2(e)")
  show("RK_LN2_HIGH", high, "ln(2), rounded to a float")
  show("RK_LN2_LOW", low, "ln(2) - RK_LN2_HIGH")
  coefficients, error = rounded_fit()
  for power, coefficient in enumerate(coefficients):
    show(f"RK_EXP_Q{power}", coefficient, f"r^{power + 2}")
  print(f"// |1 + r + r^2 q(r) - e^r| <= {error:.2e} e^r, that is {error * 2**24:.3f} * 2^-24")


if __name__ == "__main__":
  main()
