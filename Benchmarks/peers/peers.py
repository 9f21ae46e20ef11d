#!/usr/bin/env python3
"""Times recurrent layers of other frameworks on the problems that `bench` runs.

By hand, it prints an object a line with the keys of `bench --format json`:

    peers.py --mode inference --threads 2 torch,ort,openvino lstm:T25xN16xI512xH512 ...

With --serve it prints a line for each framework that it was given (its name and version, or why it is not there), and
then answers each request on the standard input with a line: `bench --peers` works so, and takes turns with it.

    {"framework": "torch", "problem": "lstm:T25xN16xI512xH512", "mode": "inference", "seconds": 0.1}
    {"times_ns": [912345, 901234], "peak_rss_bytes": 312475648}            or {"error": "..."}

The layer of the last request is kept, so that requests for more of its times cost nothing else; with 0 seconds it is
made and warmed up only. The peak is that of the process since the request before which it had another layer, where the
system tells it. What is timed is the call that a program in Python makes, in Float32, with random weights:

    mode       torch                           ort, openvino
    inference  nn.LSTM, GRU, RNN of T steps    a model of T steps
    step       LSTMCell, ..., one for a layer  a model of one step, from zeros: the least that a step needs
    training   forward, backward()             nothing: they do not train

Training goes from gradients of every h to those of all weights, the input and the initial state, which are None before
each call. With ragged sequences they are gradients of the packed h.

Words at the end of a problem are bi, before, relu, ragged and decay, as in `bench`. Ragged sequences are packed for
PyTorch, whose packing is timed as the call of a program that has padded ones, and the others are told their lengths. The
GRU applies its reset gate after the recurrent product, or with `before` on h before it.
"""
import sys

if sys.path and sys.path[0] == "":  # `python -c` looks into the folder that it stands in before all others
    del sys.path[0]

import argparse
import gc
import importlib
import json
import os
import random
import re
import resource
import time

GATES = {"lstm": 4, "gru": 3, "rnn": 1}
WORDS = {"bi", "before", "relu", "ragged", "decay"}


class Problem:
    """T steps of N sequences with I features through H units, L layers, both directions or one, and what words say."""

    def __init__(self, text):
        match = re.fullmatch(r"(lstm|gru|rnn):(.*)", text)
        parts = match[2].split("x") if match else []
        numbers = [part for part in parts if part not in WORDS]
        sizes = {part[0]: int(part[1:]) for part in numbers if re.fullmatch(r"[TNIHL][1-9]\d*", part)}
        words = set(parts) & WORDS
        if not {"T", "N", "I", "H"} <= set(sizes) or len(sizes) + len(words) < len(parts):
            raise ValueError(f"not a problem: {text}")
        if "before" in words and match[1] != "gru" or "relu" in words and match[1] != "rnn":
            raise ValueError(f"an option of another cell: {text}")
        self.cell, self.gates = match[1], GATES[match[1]]
        self.steps, self.batch, self.inputs, self.units = (sizes[key] for key in "TNIH")
        self.layers, self.directions = sizes.get("L", 1), 2 if "bi" in words else 1
        self.resets_before, self.relu, self.decays = "before" in words, "relu" in words, "decay" in words
        self.lengths = None
        if "ragged" in words:
            self.lengths = [-(-self.steps * n // self.batch) for n in range(1, self.batch + 1)]
            random.Random(2).shuffle(self.lengths)

    def check(self, mode):
        if mode == "step" and self.directions == 2:
            raise ValueError("a reverse direction starts at the end of a sequence, so there is no single step of it")
        if mode == "step" and self.lengths:
            raise ValueError("a step is one of every sequence, however long they are")
        if mode == "step" and self.decays:
            raise ValueError("states decay over many steps, and here one is repeated")
        return self

    def fall_silent(self, x):
        """All but the first step of an array or tensor [T, N, I]; see `ProblemInstance` for the number."""
        if self.decays:
            x[:1] *= 2.0**-110
            x[1:] = 0

    def inputs_of(self, layer):
        return self.inputs if layer == 0 else self.units * self.directions

    def operations(self, mode):
        weights = sum(self.gates * self.units * (self.inputs_of(layer) + self.units) for layer in range(self.layers))
        rows = self.batch if mode == "step" else sum(self.lengths or [self.steps * self.batch])
        return 2 * rows * self.directions * weights * (3 if mode == "training" else 1)


# Each framework: what is imported, and a function of (problem, mode, threads) that makes the call to be timed.


modes_entered = []


def use_inference_mode(wanted):
    """PyTorch without gradients, from one request to the next: to enter and leave the mode in each call takes time."""
    import torch

    if wanted and not modes_entered:
        modes_entered.append(torch.inference_mode())
        modes_entered[0].__enter__()
    elif modes_entered and not wanted:
        modes_entered.pop().__exit__(None, None, None)


def torch_call(problem, mode, threads):
    import torch
    from torch.nn.utils.rnn import pack_padded_sequence

    if problem.resets_before:
        raise ValueError("its GRU resets after the recurrent product only")
    torch.set_num_threads(threads)
    torch.manual_seed(2)
    use_inference_mode(mode != "training")
    kind = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}[problem.cell]
    activation = {"nonlinearity": "relu"} if problem.relu else {}
    if mode != "step":
        layer = getattr(torch.nn, kind)(
            problem.inputs, problem.units, num_layers=problem.layers, bidirectional=problem.directions == 2,
            **activation
        ).train(mode == "training")
        for name, parameter in layer.named_parameters():
            if problem.decays and "bias" in name:
                parameter.data.zero_()
        x = torch.randn(problem.steps, problem.batch, problem.inputs)
        problem.fall_silent(x)
        if mode == "training":
            return torch_training(problem, layer, x)
        if problem.lengths:
            lengths = torch.tensor(problem.lengths)
            return lambda: layer(pack_padded_sequence(x, lengths, enforce_sorted=False))
        return lambda: layer(x)
    cells = [
        getattr(torch.nn, kind + "Cell")(problem.inputs_of(layer), problem.units, **activation).eval()
        for layer in range(problem.layers)
    ]
    x = torch.randn(problem.batch, problem.inputs)
    zeros = torch.zeros(problem.batch, problem.units)
    states = [(zeros, zeros) if problem.cell == "lstm" else zeros for _ in cells]

    def step():
        y = x
        for layer, cell in enumerate(cells):
            states[layer] = cell(y, states[layer])
            y = states[layer][0] if problem.cell == "lstm" else states[layer]

    return step


def torch_training(problem, layer, x):
    """Forward and back, from gradients of every h to those of the weights, x and the initial state."""
    import torch
    from torch.nn.utils.rnn import pack_padded_sequence

    initial = torch.zeros if problem.decays else torch.randn
    state = [
        initial(problem.layers * problem.directions, problem.batch, problem.units)
        for _ in range(2 if problem.cell == "lstm" else 1)
    ]
    leaves = [x, *state, *layer.parameters()]
    for leaf in leaves:
        leaf.requires_grad_(True)
    lengths = torch.tensor(problem.lengths) if problem.lengths else None
    rows = [sum(problem.lengths)] if problem.lengths else [problem.steps, problem.batch]
    gradient = torch.randn(*rows, problem.directions * problem.units)
    given = tuple(state) if problem.cell == "lstm" else state[0]

    def train():
        for leaf in leaves:
            leaf.grad = None
        if lengths is None:
            h = layer(x, given)[0]
        else:
            h = layer(pack_padded_sequence(x, lengths, enforce_sorted=False), given)[0].data
        h.backward(gradient)

    return train


def onnx_model(problem, steps):
    """A model of all layers as bytes, and an input for it."""
    import numpy
    from onnx import TensorProto, helper

    generator = numpy.random.default_rng(2)
    gates = problem.gates * problem.units
    nodes, constants, source = [], [], "X"

    def constant(name, kind, values):
        constants.append(helper.make_tensor(name, kind, values.shape, values.tobytes(), raw=True))
        return name

    def weights(name, *shape):
        reach = 0 if name[0] == "B" and problem.decays else problem.units**-0.5
        return constant(name, TensorProto.FLOAT, generator.uniform(-reach, reach, shape).astype("float32"))

    lengths = []
    if problem.lengths:
        lengths = [constant("lengths", TensorProto.INT32, numpy.array(problem.lengths, dtype="int32"))]
    attributes = {}
    if problem.cell == "gru":
        attributes["linear_before_reset"] = 0 if problem.resets_before else 1
    if problem.relu:
        attributes["activations"] = ["Relu"] * problem.directions
    for layer in range(problem.layers):
        if layer > 0:  # [T, D, N, H] to [T, N, D·H]
            shape = numpy.array([steps, problem.batch, problem.directions * problem.units], dtype="int64")
            nodes.append(helper.make_node("Transpose", [source], [f"T{layer}"], perm=[0, 2, 1, 3]))
            nodes.append(
                helper.make_node(
                    "Reshape", [f"T{layer}", constant(f"S{layer}", TensorProto.INT64, shape)], [f"X{layer}"]))
            source = f"X{layer}"
        operands = [
            source,
            weights(f"W{layer}", problem.directions, gates, problem.inputs_of(layer)),
            weights(f"R{layer}", problem.directions, gates, problem.units),
            weights(f"B{layer}", problem.directions, 2 * gates),
            *lengths,
        ]
        source = f"Y{layer}"
        nodes.append(
            helper.make_node(
                problem.cell.upper(), operands, [source], hidden_size=problem.units,
                direction="bidirectional" if problem.directions == 2 else "forward",
                **attributes))
    x_shape = [steps, problem.batch, problem.inputs]
    y_shape = [steps, problem.directions, problem.batch, problem.units]
    graph = helper.make_graph(
        nodes, problem.cell, [helper.make_tensor_value_info("X", TensorProto.FLOAT, x_shape)],
        [helper.make_tensor_value_info(source, TensorProto.FLOAT, y_shape)], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)])
    model.ir_version = 8
    x = generator.standard_normal(x_shape, dtype="float32")
    problem.fall_silent(x)
    return model.SerializeToString(), x


def require_inference(mode):
    if mode == "training":
        raise ValueError("it does not train")


def ort_call(problem, mode, threads):
    import onnxruntime

    require_inference(mode)
    model, x = onnx_model(problem, 1 if mode == "step" else problem.steps)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"X": x})


def openvino_call(problem, mode, threads):
    import openvino

    require_inference(mode)
    model, x = onnx_model(problem, 1 if mode == "step" else problem.steps)
    # Where the processor has them, BFloat16 would be the default.
    options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
    core = openvino.Core()
    request = core.compile_model(core.read_model(model), "CPU", options).create_infer_request()
    return lambda: request.infer([x], share_inputs=True, share_outputs=True)


FRAMEWORKS = {
    "torch": ("PyTorch", ["torch"], torch_call),
    "ort": ("ONNX Runtime", ["onnxruntime", "onnx", "numpy"], ort_call),
    "openvino": ("OpenVINO", ["openvino", "onnx", "numpy"], openvino_call),
}


def framework(name):
    """What there is to say of a framework."""
    title, packages, _ = FRAMEWORKS[name]
    try:
        modules = [importlib.import_module(package) for package in packages]
    except Exception as error:  # not only ImportError: a library that does not fit the machine
        return {"framework": name, "title": title, "error": f"{error or type(error).__name__}"}
    version = re.match(r"\d+(\.\d+)*", modules[0].__version__)
    return {"framework": name, "title": title, "version": version[0] if version else modules[0].__version__}


def warmed_up(call):
    for _ in range(3):
        call()
    return call


def sample(call, seconds):
    """Times of calls in nanoseconds, for so long. The first ones, a twentieth of it, are not counted: they find the
    weights driven from the caches."""
    clock, times = time.perf_counter_ns, []
    gc.disable()
    end = clock() + seconds * 5e7
    call()
    while clock() < end:
        call()
    end = clock() + seconds * 1e9
    now = clock()
    while now < end or not times:
        start = clock()
        call()
        now = clock()
        times.append(now - start)
    gc.enable()
    return times


def fall_asleep():
    """Returns when no thread of this process is at work any more. Frameworks' threads look for more work for a while
    after a call, at the cost of whoever comes next."""
    for _ in range(100):
        work = time.process_time()
        time.sleep(0.005)
        if time.process_time() - work < 0.0005:
            break


def forget_peak():
    """Sets the process's peak of resident memory back to what it has now, where the system can (Linux)."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def peak_memory():
    """The most memory that the process had resident, in bytes: since the last `forget_peak`, or since it began."""
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << (0 if sys.platform == "darwin" else 10)


def serve(names, threads):
    # What a framework prints must not stand among the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(value):
        print(json.dumps(value), file=answers, flush=True)

    for name in names:
        answer(framework(name))
    current, call = None, None
    for line in iter(sys.stdin.readline, ""):
        try:
            request = json.loads(line)
            name, problem, mode = request["framework"], request["problem"], request["mode"]
            if (name, problem, mode) != current:
                current, call = None, None  # gives the memory back before more is taken
                forget_peak()
                call = warmed_up(FRAMEWORKS[name][2](Problem(problem).check(mode), mode, threads))
                current = name, problem, mode
            times = sample(call, request["seconds"]) if request["seconds"] > 0 else []
            fall_asleep()
            answer({"times_ns": times, "peak_rss_bytes": peak_memory()})
        except Exception as error:
            answer({"error": " ".join(f"{error or type(error).__name__}".split())[:300]})


def run(names, problems, mode, threads, seconds):
    for name in list(names):
        said = framework(name)
        if "error" in said:
            print(f"peers.py: {said['title']}: {said['error']}", file=sys.stderr)
            names.remove(name)
    for text in problems:
        problem = Problem(text).check(mode)
        for name in names:
            forget_peak()
            times = sorted(sample(warmed_up(FRAMEWORKS[name][2](problem, mode, threads)), seconds))
            fall_asleep()
            print(json.dumps({
                "problem": text, "mode": mode, "engine": name, "version": framework(name)["version"],
                "threads": threads, "min_ms": round(times[0] * 1e-6, 6),
                "median_ms": round(times[len(times) // 2] * 1e-6, 6),
                "p99_ms": round(times[len(times) * 99 // 100] * 1e-6, 6),
                "gflops": round(problem.operations(mode) / times[0], 3), "peak_rss_bytes": peak_memory(),
                "samples": len(times)}), flush=True)


def main():
    parser = argparse.ArgumentParser(
        prog="peers.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mode", default="inference", choices=["inference", "step", "training"])
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="default: all processors")
    parser.add_argument("--seconds", type=float, default=0.6, help="time to measure each of them")
    parser.add_argument("--serve", action="store_true", help="answer requests, one JSON object a line")
    parser.add_argument("frameworks", help=f"names, separated by commas: {','.join(FRAMEWORKS)}")
    parser.add_argument("problems", nargs="*")
    options = parser.parse_args()
    names = options.frameworks.split(",")
    for name in names:
        if name not in FRAMEWORKS:
            parser.error(f"framework '{name}' is not known; {', '.join(FRAMEWORKS)} are")
    try:
        if options.serve:
            serve(names, options.threads)
        else:
            run(names, options.problems, options.mode, options.threads, options.seconds)
    except ValueError as error:
        parser.error(str(error))
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(130)


if __name__ == "__main__":
    main()
