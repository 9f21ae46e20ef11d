"""Writes the golden files: what PyTorch and ONNX Runtime make of small layers, and PyTorch's optimisers of parameters.

    pip install torch onnx onnxruntime numpy
    python Tests/Goldens/make_goldens.py

One JSON file a case, under Tests/RecurrentTests/Goldens: the weights in the other system's own names, shapes and gate
orders, so that a test has to convert them; inputs, initial states, outputs and final states; from PyTorch also the
gradients of a loss by everything that went in. For an optimiser, parameters and gradients step by step. Weights are
multiples of 1/256 and inputs of 1/64, which Float holds exactly and which take little room. PyTorch computes in Double, ONNX Runtime
in Float, because it has no other.
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper

from grid import grid

FOLDER = pathlib.Path(__file__).parent.parent / "RecurrentTests" / "Goldens"
STEPS, BATCH, INPUTS, HIDDEN = 5, 3, 3, 4
RATE = 0.125


def tensor(values):
    """An array as JSON: its shape, and its elements in row-major order."""
    values = np.asarray(values)
    # The shortest decimals that give the same number back, in the precision that it was computed in.
    return {"shape": list(values.shape), "elements": [float(str(value)) for value in values.ravel()]}


def write(name, system, cell, tensors, **options):
    """One file: a line for each option, and one for each tensor."""
    lines = [f'  "system": {json.dumps(system)}', f'  "cell": {json.dumps(cell)}']
    lines += [f'  "{key}": {json.dumps(value)}' for key, value in options.items()]
    rows = ",\n".join(f'    "{key}": {json.dumps(tensor(value))}' for key, value in tensors.items())
    lines.append('  "tensors": {\n' + rows + "\n  }")
    path = FOLDER / f"{name}.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


class Normalized:
    """A layer of torch.nn with gains, whose products are normalised as in the library Haste: LN over all gates at once."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        width = self.weight_hh_l0.shape[0]
        for suffix in self.suffixes():
            for name, size in [("gain_ih", width), ("gain_hh", width)] + self.cell_tensors():
                self.register_parameter(name + suffix, torch.nn.Parameter(torch.empty(size)))

    def cell_tensors(self):
        return []

    def suffixes(self):
        return [f"_l{layer}" + end for layer in range(self.num_layers)
                for end in ["", "_reverse"][:2 if self.bidirectional else 1]]

    def normalized(self, v, name, suffix):
        w = getattr(self, f"weight_{name}" + suffix)
        return torch.nn.functional.layer_norm(v @ w.T, (w.shape[0],), getattr(self, f"gain_{name}" + suffix))

    def forward(self, x, state):
        lengths = None
        if isinstance(x, torch.nn.utils.rnn.PackedSequence):
            x, lengths = torch.nn.utils.rnn.pad_packed_sequence(x, total_length=STEPS)
        lengths = [len(x)] * x.shape[1] if lengths is None else lengths.tolist()
        parts = state if isinstance(state, tuple) else (state,)
        final = [[[None] * x.shape[1] for _ in parts[0]] for _ in parts]
        outputs = []
        for row, length in enumerate(lengths):
            y = x[:length, row]
            for layer in range(self.num_layers):
                sides = []
                for direction, suffix in enumerate(s for s in self.suffixes() if s.startswith(f"_l{layer}")):
                    index = len(self.suffixes()) // self.num_layers * layer + direction
                    now = [part[index, row] for part in parts]
                    steps = range(length) if direction == 0 else reversed(range(length))
                    hidden = [None] * length
                    for step in steps:
                        now = self.advance(y[step], now, suffix)
                        hidden[step] = now[0]
                    for part, value in enumerate(now):
                        final[part][index][row] = value
                    sides.append(torch.stack(hidden))
                y = torch.cat(sides, 1)
            outputs.append(torch.nn.functional.pad(y, (0, 0, 0, len(x) - length)))
        output = torch.stack(outputs, 1)
        if lengths != [len(x)] * x.shape[1]:
            output = torch.nn.utils.rnn.pack_padded_sequence(output, lengths, enforce_sorted=False)
        final = tuple(torch.stack([torch.stack(rows) for rows in part]) for part in final)
        return output, final if len(final) > 1 else final[0]


class NormalizedLSTM(Normalized, torch.nn.LSTM):
    def cell_tensors(self):
        return [("gain_c", self.hidden_size), ("shift_c", self.hidden_size)]

    def advance(self, x, state, suffix):
        h, c = state
        z = self.normalized(x, "ih", suffix) + self.normalized(h, "hh", suffix)
        z = z + getattr(self, "bias_ih" + suffix) + getattr(self, "bias_hh" + suffix)
        i, f, g, o = z.chunk(4)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        shown = torch.nn.functional.layer_norm(
            c, (self.hidden_size,), getattr(self, "gain_c" + suffix), getattr(self, "shift_c" + suffix))
        return o.sigmoid() * shown.tanh(), c


class NormalizedGRU(Normalized, torch.nn.GRU):
    def advance(self, x, state, suffix):
        h, = state
        rx, zx, nx = (self.normalized(x, "ih", suffix) + getattr(self, "bias_ih" + suffix)).chunk(3)
        rh, zh, nh = (self.normalized(h, "hh", suffix) + getattr(self, "bias_hh" + suffix)).chunk(3)
        z, n = (zx + zh).sigmoid(), (nx + (rx + rh).sigmoid() * nh).tanh()
        return ((1 - z) * n + z * h,)


def torch_case(name, seed, make, lengths=None, **options):
    """A layer of torch.nn in Double, from a state that is not zero, forward and backward."""
    generator = np.random.default_rng(seed)
    layer = make(INPUTS, options.pop("hidden", HIDDEN)).double()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.from_numpy(grid(generator, tuple(parameter.shape), 256)))
    directions = 2 if layer.bidirectional else 1
    count = layer.num_layers * directions
    x = torch.from_numpy(grid(generator, (STEPS, BATCH, INPUTS), 64, bound=2))
    h = torch.from_numpy(grid(generator, (count, BATCH, layer.proj_size or layer.hidden_size), 64))
    initial = {"initial_h": h}
    if isinstance(layer, torch.nn.LSTM):
        initial["initial_c"] = torch.from_numpy(grid(generator, (count, BATCH, layer.hidden_size), 64))
    state = tuple(initial.values()) if len(initial) > 1 else h
    leaves = dict(layer.named_parameters()) | {"input": x} | initial
    for leaf in leaves.values():
        leaf.requires_grad_()
    if lengths is None:
        output, final = layer(x, state)
    else:
        packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
        output, final = layer(packed, state)
        output, _ = torch.nn.utils.rnn.pad_packed_sequence(output, total_length=STEPS)
    final = final if isinstance(final, tuple) else (final,)
    results = {"output": output} | {f"final_{part}": value for part, value in zip("hc", final)}
    # The loss is the sum of all results times these, which are therefore its gradients by the results.
    factors = {key: torch.from_numpy(grid(generator, tuple(value.shape), 64)) for key, value in results.items()}
    sum((results[key] * factor).sum() for key, factor in factors.items()).backward()
    tensors = leaves | results
    tensors |= {f"gradient_{key}": value for key, value in factors.items()}
    tensors |= {f"gradient_{key}": leaf.grad for key, leaf in leaves.items()}
    tensors = {key: value.detach().numpy() for key, value in tensors.items()}
    write(name, f"PyTorch {torch.__version__.split('+')[0]}", layer.mode.split("_")[0].lower(), tensors,
          precision="double", hiddenSize=layer.hidden_size, layerCount=layer.num_layers,
          isBidirectional=layer.bidirectional, lengths=lengths, **options)


def onnx_case(name, seed, operator, gates, parts, has_peepholes=False, lengths=None, **attributes):
    """A node of ONNX in Float, in both directions, from a state that is not zero."""
    generator = np.random.default_rng(seed)
    directions = 2
    shapes = {"X": (STEPS, BATCH, INPUTS), "W": (directions, gates * HIDDEN, INPUTS),
              "R": (directions, gates * HIDDEN, HIDDEN), "B": (directions, 2 * gates * HIDDEN)}
    arrays = {key: grid(generator, shape, 64 if key == "X" else 256, 2 if key == "X" else 0.75).astype(np.float32)
              for key, shape in shapes.items()}
    arrays["sequence_lens"] = np.array(lengths or [STEPS] * BATCH, np.int32)
    for part in parts:
        arrays[f"initial_{part}"] = grid(generator, (directions, BATCH, HIDDEN), 64).astype(np.float32)
    if has_peepholes:
        arrays["P"] = grid(generator, (directions, 3 * HIDDEN), 256).astype(np.float32)
    outputs = ["Y"] + [f"Y_{part}" for part in parts]
    result_shapes = [(STEPS, directions, BATCH, HIDDEN)] + [(directions, BATCH, HIDDEN)] * len(parts)
    node = helper.make_node(
        operator, list(arrays), outputs, hidden_size=HIDDEN, direction="bidirectional", **attributes)
    types = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.int32): TensorProto.INT32}
    graph = helper.make_graph(
        [node], name,
        [helper.make_tensor_value_info(key, types[value.dtype], value.shape) for key, value in arrays.items()],
        [helper.make_tensor_value_info(key, TensorProto.FLOAT, shape) for key, shape in zip(outputs, result_shapes)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    results = dict(zip(outputs, session.run(None, arrays)))
    # Y is [T, directions, N, H]; here, as in PyTorch, the directions stand side by side.
    output = results["Y"].transpose(0, 2, 1, 3).reshape(STEPS, BATCH, directions * HIDDEN)
    tensors = {key: arrays[key] for key in ["W", "R", "B", "P"] if key in arrays}
    tensors |= {"input": arrays["X"]} | {key: value for key, value in arrays.items() if key.startswith("initial_")}
    tensors |= {"output": output} | {f"final_{part}": results[f"Y_{part}"] for part in parts}
    write(name, f"ONNX Runtime {onnxruntime.__version__}", operator.lower(), tensors, precision="float",
          hiddenSize=HIDDEN, layerCount=1, isBidirectional=True, lengths=lengths,
          **({"resetsBefore": attributes["linear_before_reset"] == 0} if operator == "GRU" else {}))


def optimizer_case(name, seed, make, **options):
    """A few steps of torch.optim in Double, on two tensors, with a rate that changes."""
    generator = np.random.default_rng(seed)
    shapes = {"weights": (3, 4), "bias": (5,)}
    parameters = {key: torch.nn.Parameter(torch.from_numpy(grid(generator, shape, 256)))
                  for key, shape in shapes.items()}
    optimizer = make(parameters.values())
    tensors = {f"{key}_0": value.detach().numpy().copy() for key, value in parameters.items()}
    for step in range(1, 7):
        optimizer.param_groups[0]["lr"] = RATE / step
        for key, parameter in parameters.items():
            gradient = grid(generator, shapes[key], 64, bound=2)
            tensors[f"{key}_gradient_{step}"] = gradient
            parameter.grad = torch.from_numpy(gradient)
        optimizer.step()
        tensors |= {f"{key}_{step}": value.detach().numpy().copy() for key, value in parameters.items()}
    # The "cell" of such a file is the optimiser.
    write(name, f"PyTorch {torch.__version__.split('+')[0]}", type(optimizer).__name__.lower(), tensors,
          precision="double", learningRate=RATE, **options)


def optimizer_cases():
    """Every optimiser with every option, alone and together."""
    optim = torch.optim
    optimizer_case("optimizer-sgd", 11, lambda p: optim.SGD(p, lr=RATE))
    optimizer_case("optimizer-sgd-momentum", 12, lambda p: optim.SGD(p, lr=RATE, momentum=0.9, weight_decay=0.1))
    optimizer_case("optimizer-sgd-nesterov", 13,
                   lambda p: optim.SGD(p, lr=RATE, momentum=0.9, nesterov=True, weight_decay=0.1))
    optimizer_case("optimizer-rmsprop", 14, lambda p: optim.RMSprop(p, lr=RATE))
    optimizer_case("optimizer-rmsprop-momentum", 15,
                   lambda p: optim.RMSprop(p, lr=RATE, alpha=0.9, momentum=0.8, weight_decay=0.1))
    optimizer_case("optimizer-rmsprop-centered", 16,
                   lambda p: optim.RMSprop(p, lr=RATE, alpha=0.9, eps=1e-3, momentum=0.8, centered=True))
    optimizer_case("optimizer-adam", 17, lambda p: optim.Adam(p, lr=RATE))
    optimizer_case("optimizer-adam-decay", 18,
                   lambda p: optim.Adam(p, lr=RATE, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1))
    optimizer_case("optimizer-adamw", 19, lambda p: optim.AdamW(p, lr=RATE, weight_decay=0.1))


def main():
    FOLDER.mkdir(exist_ok=True)
    optimizer_cases()
    nn = torch.nn
    torch_case("pytorch-lstm", 1, lambda i, h: nn.LSTM(i, h, num_layers=2, bidirectional=True), lengths=[5, 2, 4])
    torch_case("pytorch-lstm-projection", 2, lambda i, h: nn.LSTM(i, h, num_layers=2, proj_size=2), hidden=6)
    torch_case("pytorch-gru", 3, lambda i, h: nn.GRU(i, h, num_layers=2, bidirectional=True), lengths=[3, 5, 1])
    torch_case("pytorch-rnn-tanh", 4, lambda i, h: nn.RNN(i, h, num_layers=2, bidirectional=True))
    torch_case("pytorch-rnn-relu", 5, lambda i, h: nn.RNN(i, h, nonlinearity="relu"), activation="relu")
    torch_case("pytorch-lstm-normalized", 31, lambda i, h: NormalizedLSTM(i, h, num_layers=2, bidirectional=True),
               lengths=[5, 2, 4])
    torch_case("pytorch-gru-normalized", 32, lambda i, h: NormalizedGRU(i, h, num_layers=2, bidirectional=True),
               lengths=[3, 5, 1])
    onnx_case("onnx-gru-reset-before", 6, "GRU", 3, ["h"], lengths=[5, 2, 4], linear_before_reset=0)
    onnx_case("onnx-gru-reset-after", 7, "GRU", 3, ["h"], linear_before_reset=1)
    onnx_case("onnx-lstm-peepholes", 8, "LSTM", 4, ["h", "c"], has_peepholes=True, lengths=[5, 2, 4])


if __name__ == "__main__":
    main()
