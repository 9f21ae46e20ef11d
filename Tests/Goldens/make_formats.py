"""Writes PyTorch models as safetensors files, and beside each what PyTorch makes of it.

    pip install torch numpy safetensors
    python Tests/Goldens/make_formats.py

Under Tests/RecurrentFormatsTests/Goldens: NAME.safetensors is a state_dict, as safetensors.torch.save_file writes it;
NAME.run.safetensors has an input, initial states, outputs and final states of every layer in it, computed in Double from
the same weights. numpy.npz has the numbers 0, 1/2, 1, ... (or 0, 1, 2, ...) in every kind, order and byte order that
NumPy writes; NAME.npy the same in each version of the format. Weights are multiples of 1/256 and inputs of 1/64, so that the sum of two biases is exact in Float; but for
"rough", whose weights are any, and whose biases' sum is not.
"""

import pathlib

import numpy as np
import torch
from safetensors.torch import save_file

from grid import grid

FOLDER = pathlib.Path(__file__).parent.parent / "RecurrentFormatsTests" / "Goldens"
STEPS, BATCH, INPUTS, HIDDEN = 4, 2, 3, 4
nn = torch.nn


def run(layer, generator):
    """A layer or cell on random input from a random state: everything that goes in and comes out, in Double."""
    layer = layer.double()
    is_cell = isinstance(layer, nn.RNNCellBase)
    count = 1 if is_cell else layer.num_layers * (2 if layer.bidirectional else 1)
    width = layer.hidden_size if is_cell else layer.proj_size or layer.hidden_size
    x = torch.from_numpy(grid(generator, (STEPS, BATCH, layer.input_size), 64, bound=2))
    state = {"h": torch.from_numpy(grid(generator, (count, BATCH, width), 64))}
    if isinstance(layer, (nn.LSTM, nn.LSTMCell)):
        state["c"] = torch.from_numpy(grid(generator, (count, BATCH, layer.hidden_size), 64))
    values = tuple(state.values())
    if is_cell:
        current, rows = tuple(value[0] for value in values), []
        for step in x:
            current = layer(step, current if len(current) > 1 else current[0])
            current = current if isinstance(current, tuple) else (current,)
            rows.append(current[0])
        output, final = torch.stack(rows), tuple(value[None] for value in current)
    else:
        output, final = layer(x, values if len(values) > 1 else values[0])
        final = final if isinstance(final, tuple) else (final,)
    return ({"input": x, "output": output} | {f"initial_{part}": value for part, value in state.items()}
            | {f"final_{part}": value for part, value in zip(state, final)})


def case(name, seed, module, dtype=torch.float32, is_rough=False):
    """A module, saved in some precision, and a run of each recurrent layer in it."""
    generator = np.random.default_rng(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            shape = tuple(parameter.shape)
            values = generator.uniform(-0.75, 0.75, shape) if is_rough else grid(generator, shape, 256)
            parameter.copy_(torch.from_numpy(values))
    module = module.to(dtype)
    save_file(module.state_dict(), FOLDER / f"{name}.safetensors")
    tensors = {}
    with torch.no_grad():
        for prefix, layer in list(module.named_modules()):
            if isinstance(layer, (nn.RNNBase, nn.RNNCellBase)):
                tensors |= {f"{prefix}.{key}" if prefix else key: value.contiguous()
                            for key, value in run(layer, generator).items()}
    save_file(tensors, FOLDER / f"{name}.run.safetensors")


class Tagger(nn.Module):
    """A model of several parts, as people write them."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(INPUTS)
        self.encoder = nn.ModuleDict({"lstm": nn.LSTM(INPUTS, HIDDEN, num_layers=2, bidirectional=True)})
        self.decoder = nn.GRUCell(2 * HIDDEN, HIDDEN)
        self.head = nn.Linear(HIDDEN, 2)


def numpy_cases():
    """The same small arrays in every form."""
    halves, wholes = np.arange(6).reshape(2, 3) / 2, np.arange(6).reshape(2, 3)
    arrays = {kind: halves.astype(kind) for kind in ["<f2", "<f4", "<f8", ">f2", ">f4", ">f8"]}
    arrays |= {kind: wholes.astype(kind) for kind in
               ["|i1", "<i2", "<i4", "<i8", ">i2", ">i4", ">i8", "|u1", "<u2", "<u4", "<u8", ">u4"]}
    arrays = {key.replace("<", "little-").replace(">", "big-").replace("|", ""): value for key, value in arrays.items()}
    arrays |= {"fortran": np.asfortranarray(halves), "scalar": np.float32(0.5), "empty": np.zeros((0, 3), np.float32),
               "fortran-cube": np.asfortranarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4))}
    np.savez(FOLDER / "numpy.npz", **arrays)
    np.savez_compressed(FOLDER / "numpy-compressed.npz", halves=halves)
    for version in [1, 2, 3]:
        with open(FOLDER / f"numpy-version-{version}.npy", "wb") as file:
            np.lib.format.write_array(file, halves.astype(np.float32), version=(version, 0))


def main():
    FOLDER.mkdir(exist_ok=True)
    numpy_cases()
    case("lstm", 1, nn.LSTM(INPUTS, HIDDEN))
    case("lstm-deep", 2, nn.LSTM(INPUTS, HIDDEN, num_layers=2, bidirectional=True))
    case("lstm-projection", 3, nn.LSTM(INPUTS, 6, num_layers=2, bidirectional=True, proj_size=2))
    case("lstm-unbiased", 4, nn.LSTM(INPUTS, HIDDEN, bias=False))
    case("lstm-cell", 5, nn.LSTMCell(INPUTS, HIDDEN))
    case("gru", 6, nn.GRU(INPUTS, HIDDEN))
    case("gru-deep", 7, nn.GRU(INPUTS, HIDDEN, num_layers=2, bidirectional=True))
    case("gru-unbiased", 8, nn.GRU(INPUTS, HIDDEN, bias=False))
    case("gru-cell", 9, nn.GRUCell(INPUTS, HIDDEN))
    case("rnn", 10, nn.RNN(INPUTS, HIDDEN))
    case("rnn-deep", 11, nn.RNN(INPUTS, HIDDEN, num_layers=2, bidirectional=True))
    case("rnn-relu", 12, nn.RNN(INPUTS, HIDDEN, nonlinearity="relu"))
    case("rnn-cell", 13, nn.RNNCell(INPUTS, HIDDEN))
    case("lstm-double", 14, nn.LSTM(INPUTS, HIDDEN), torch.float64, is_rough=True)
    case("lstm-half", 15, nn.LSTM(INPUTS, HIDDEN), torch.float16, is_rough=True)
    case("gru-bfloat", 16, nn.GRU(INPUTS, HIDDEN), torch.bfloat16, is_rough=True)
    case("lstm-rough", 17, nn.LSTM(INPUTS, HIDDEN, num_layers=2, bidirectional=True), is_rough=True)
    case("gru-rough", 18, nn.GRU(INPUTS, HIDDEN, num_layers=2, bidirectional=True), is_rough=True)
    case("tagger", 19, Tagger())


if __name__ == "__main__":
    main()
