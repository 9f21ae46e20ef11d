"""Runs, streams and trains an LSTM from Python: at every step, what did the sequence begin with?

    RECURRENT_LIBRARY=PREFIX/lib/librecurrent.so python3 echo.py
"""
import numpy as np

import recurrent


class Adam:
    """Kingma & Ba, 2015, on one flat array."""

    def __init__(self, rate=0.01):
        self.rate, self.time, self.mean, self.square = rate, 0, 0.0, 0.0

    def step(self, values, gradient):
        self.time += 1
        self.mean = 0.9 * self.mean + 0.1 * gradient
        self.square = 0.999 * self.square + 0.001 * gradient**2
        mean, square = self.mean / (1 - 0.9**self.time), self.square / (1 - 0.999**self.time)
        return values - self.rate * mean / (np.sqrt(square) + 1e-8)


def main():
    steps, batch = 30, 16
    lstm = recurrent.Model(recurrent.LSTM, input_size=1, hidden_size=32, seed=1)
    print(f"recurrent {recurrent.version()}:", {name: w.shape for name, w in lstm.tensors(lstm.parameters).items()})

    # Whole sequences, and the same step by step: the same bits.
    random = np.random.default_rng(1)
    x = random.uniform(-1, 1, (steps, batch, 1)).astype(np.float32)
    hidden, _ = lstm(x)
    stream = lstm.stream(batch)
    assert all(np.array_equal(stream.step(x[t]), hidden[t]) for t in range(steps))

    # Training: the LSTM, and a dense layer on it, whose gradient is NumPy's.
    dense = random.normal(0, 0.1, 33).astype(np.float32)
    tape = lstm.tape(steps, batch, memory_limit=1 << 20)
    adam, dense_adam, losses = Adam(), Adam(), []
    for step in range(150):
        x = random.uniform(-1, 1, (steps, batch, 1)).astype(np.float32)
        hidden, _ = lstm(x, tape=tape)
        error = hidden @ dense[:32] + dense[32] - x[0, :, 0]
        losses.append(float(np.mean(error**2)))
        by_output = 2 * error / error.size
        gradient, _ = lstm.backward(by_output[..., None] * dense[:32], tape)
        by_dense = np.append(np.einsum("tn,tnh->h", by_output, hidden), by_output.sum())
        lstm.parameters = adam.step(lstm.parameters, gradient)
        dense = dense_adam.step(dense, by_dense).astype(np.float32)
        if step % 50 == 49:
            print(f"after {step + 1} steps: {losses[-1]:.4f}")
    assert np.mean(losses[-10:]) < 0.5 * np.mean(losses[:10]), losses

    try:
        lstm(np.zeros((steps, batch, 2)))
    except recurrent.Error as error:
        print("refused:", error.args[0])


if __name__ == "__main__":
    main()
