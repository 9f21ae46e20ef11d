"""Prints what bits.c prints, from Python."""
import numpy as np

import recurrent

STEPS, BATCH = 20, 3


def numbers(*shape):
    index = np.arange(np.prod(shape), dtype=np.uint64)
    bits = (index * np.uint64(2654435761) % np.uint64(1 << 32)) >> np.uint64(8)
    return (bits.astype(np.float32) / np.float32(8388608) - np.float32(1)).reshape(shape)


def print_hash(model, part, array):
    value = 0xCBF29CE484222325
    for byte in array.tobytes():
        value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    print(f"{model} {part} {value:016x}")


def print_model(name, cell, inputs, units, layers, directions):
    model = recurrent.Model(cell, inputs, units, layers, directions, seed=1)
    x, lengths = numbers(STEPS, BATCH, inputs), [STEPS, 7, 0]
    hidden, (final, _) = model(x, lengths)
    print_hash(name, "hidden", hidden)
    print_hash(name, "final", final)

    tape, weights = model.tape(STEPS, BATCH), model.parameters
    for _ in range(3):
        hidden, _ = model(x, lengths, tape=tape)
        gradient, by_input = model.backward(hidden, tape)
        weights = weights - np.float32(0.0078125) * gradient
        model.parameters = weights
    print_hash(name, "gradient", gradient)
    print_hash(name, "input-gradient", by_input)
    print_hash(name, "trained", weights)

    if directions == 1:
        stream = model.stream(BATCH)
        print_hash(name, "stream", np.array([stream.step(frame).copy() for frame in x]))


print_model("lstm", recurrent.LSTM, 40, 128, 1, 1)
print_model("deep-lstm", recurrent.LSTM, 7, 33, 2, 2)
print_model("gru", recurrent.GRU, 12, 65, 2, 1)
print_model("rnn", recurrent.RNN, 5, 17, 1, 2)
