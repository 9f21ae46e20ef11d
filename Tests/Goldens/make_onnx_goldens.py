"""Writes the ONNX golden files: small models with every attribute of LSTM, GRU and RNN, and what they compute.

    pip install onnx onnxruntime numpy
    python Tests/Goldens/make_onnx_goldens.py

Two files a case, under Tests/RecurrentONNXTests/Goldens: the model, and a JSON with inputs and outputs. The outputs are those
of ONNX Runtime, in Float. Each is also computed in Double by the specification as it is written below, and the two must agree:
so what ONNX Runtime makes of `clip` and `input_forget`, where the specification is short of words, is what stands in `step`. It
does not run layout 1, whose cases are the transposed results of layout 0. Weights are multiples of 1/256 and inputs of 1/64,
which Float holds exactly.
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).parent.parent / "RecurrentONNXTests" / "Goldens"
STEPS, BATCH, INPUTS, HIDDEN = 5, 3, 3, 4
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
USUAL = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}
# The parameters that an activation takes, and their usual values: those of the operator of the same name. (ONNX Runtime has 0
# for all of Affine, ScaledTanh and ThresholdedRelu; the specification has 1 for the last one, and no operator for the others.
# So the cases give theirs.)
PARAMETERS = {"Affine": [1, 0], "LeakyRelu": [0.01], "ThresholdedRelu": [1], "ScaledTanh": [1, 1],
              "HardSigmoid": [0.2, 0.5], "Elu": [1]}
SYSTEM = f"ONNX Runtime {onnxruntime.__version__}"


def grid(generator, shape, step, bound=0.75):
    """Random multiples of 1/step in [-bound, bound]."""
    return (np.round(generator.uniform(-bound, bound, shape) * step) / step).astype(np.float32)


def functions(names, alphas, betas):
    """The activations of all directions, with alphas and betas in the order of those that take one."""
    alphas, betas, result = list(alphas), list(betas), []
    for name in names:
        usual = PARAMETERS.get(name, [])
        a = np.float64(np.float32(alphas.pop(0) if usual and alphas else (usual + [0])[0]))
        b = np.float64(np.float32(betas.pop(0) if len(usual) > 1 and betas else (usual + [0, 0])[1]))
        result.append({
            "Sigmoid": lambda x: 1 / (1 + np.exp(-x)), "Tanh": np.tanh, "Relu": lambda x: np.maximum(x, 0),
            "Affine": lambda x, a=a, b=b: a * x + b, "LeakyRelu": lambda x, a=a: np.where(x < 0, a * x, x),
            "ThresholdedRelu": lambda x, a=a: np.where(x > a, x, 0),
            "ScaledTanh": lambda x, a=a, b=b: a * np.tanh(b * x),
            "HardSigmoid": lambda x, a=a, b=b: np.clip(a * x + b, 0, 1),
            "Elu": lambda x, a=a: np.where(x < 0, a * np.expm1(x), x), "Softsign": lambda x: x / (1 + abs(x)),
            "Softplus": lambda x: np.logaddexp(x, 0)}[name])
    assert not alphas and not betas
    return result


def step(operator, x, h, c, W, R, B, P, f, bound, attributes):
    """One step of one direction: the new h and c."""
    clip = lambda z: np.clip(z, -bound, bound)
    wb, rb = np.split(B, 2)
    if operator == "RNN":
        return f[0](clip(x @ W.T + wb + h @ R.T + rb)), c
    if operator == "GRU":
        xz, xr, xh = np.split(x @ W.T + wb, 3, axis=1)
        rz, rr, rh = np.split(R, 3)
        bz, br, bh = np.split(rb, 3)
        z, r = f[0](clip(xz + h @ rz.T + bz)), f[0](clip(xr + h @ rr.T + br))
        seen = r * (h @ rh.T + bh) if attributes.get("linear_before_reset") else (r * h) @ rh.T + bh
        return (1 - z) * f[1](clip(xh + seen)) + z * h, c
    zi, zo, zf, zc = np.split(x @ W.T + wb + h @ R.T + rb, 4, axis=1)
    pi, po, pf = np.split(P, 3)
    i = f[0](clip(zi + pi * c))
    forget = 1 - i if attributes.get("input_forget") else f[0](clip(zf + pf * c))
    c = forget * c + i * f[1](clip(zc))
    return f[0](clip(zo + po * c)) * f[2](c), c


def definition(operator, tensors, attributes):
    """The node in Double: Y, Y_h, Y_c."""
    t = {key: value.astype(np.float64) for key, value in tensors.items()}
    count = t["W"].shape[0]
    size = len(USUAL[operator])
    names = attributes.get("activations", USUAL[operator] * count)
    all_functions = functions(names, attributes.get("activation_alpha", []), attributes.get("activation_beta", []))
    lengths = tensors.get("sequence_lens", [STEPS] * BATCH)
    y = np.zeros((STEPS, count, BATCH, HIDDEN))
    final = np.zeros((2, count, BATCH, HIDDEN))
    for d in range(count):
        isReversed = d == 1 or attributes.get("direction") == "reverse"
        for n, length in enumerate(lengths):
            h = t["initial_h"][d, n:n + 1] if "initial_h" in t else np.zeros((1, HIDDEN))
            c = t["initial_c"][d, n:n + 1] if "initial_c" in t else np.zeros((1, HIDDEN))
            for time in reversed(range(length)) if isReversed else range(length):
                h, c = step(
                    operator, t["X"][time, n:n + 1], h, c, t["W"][d], t["R"][d],
                    t["B"][d] if "B" in t else np.zeros(2 * GATES[operator] * HIDDEN),
                    t["P"][d] if "P" in t else np.zeros(3 * HIDDEN), all_functions[d * size:(d + 1) * size],
                    attributes.get("clip", np.inf), attributes)
                y[time, d, n] = h
            final[0, d, n], final[1, d, n] = h, c
    return [y, final[0], final[1]][:3 if operator == "LSTM" else 2]


def run(model, inputs):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, inputs)


def model_of(nodes, name, inputs, outputs, initializers, opset):
    types = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.int32): TensorProto.INT32,
             np.dtype(np.int64): TensorProto.INT64}
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info(key, types[v.dtype], v.shape) for key, v in inputs.items()],
        [helper.make_tensor_value_info(key, TensorProto.FLOAT, [None] * rank) for key, rank in outputs.items()],
        [numpy_helper.from_array(value, key) for key, value in initializers.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def write(name, model, inputs, outputs):
    """The model, and a JSON with a line for each tensor."""
    def line(key, value):
        elements = [int(v) if value.dtype.kind == "i" else float(str(v)) for v in value.ravel()]
        return f'    "{key}": {json.dumps({"shape": list(value.shape), "elements": elements})}'
    (FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString())
    reals = ",\n".join(line(key, value) for key, value in inputs.items() if value.dtype.kind == "f")
    integers = ",\n".join(line(key, value) for key, value in inputs.items() if value.dtype.kind == "i")
    results = ",\n".join(line(key, value) for key, value in outputs.items())
    text = (f'{{\n  "system": "{SYSTEM}",\n  "numbers": {{\n{reals}\n  }},\n  "integers": {{\n{integers}\n  }},\n'
            f'  "outputs": {{\n{results}\n  }}\n}}\n')
    json.loads(text)
    (FOLDER / f"{name}.json").write_text(text)


def case(name, seed, operator, lengths=None, initial=False, bias=True, peepholes=False, opset=14, **attributes):
    """A node of its own, whose weights are initializers."""
    generator = np.random.default_rng(seed)
    count = 2 if attributes.get("direction") == "bidirectional" else 1
    gates = GATES[operator]
    weights = {"W": grid(generator, (count, gates * HIDDEN, INPUTS), 256),
               "R": grid(generator, (count, gates * HIDDEN, HIDDEN), 256)}
    if bias:
        weights["B"] = grid(generator, (count, 2 * gates * HIDDEN), 256)
    if peepholes:
        weights["P"] = grid(generator, (count, 3 * HIDDEN), 256)
    inputs = {"X": grid(generator, (STEPS, BATCH, INPUTS), 64, bound=2)}
    if lengths:
        inputs["sequence_lens"] = np.array(lengths, np.int32)
    if initial:
        for part in ["initial_h", "initial_c"][:2 if operator == "LSTM" else 1]:
            inputs[part] = grid(generator, (count, BATCH, HIDDEN), 64)
    tensors = weights | inputs
    layout = attributes.pop("layout", 0)
    order = ["X", "W", "R", "B", "sequence_lens", "initial_h"] + (["initial_c", "P"] if operator == "LSTM" else [])
    order = [key if key in tensors else "" for key in order]
    while not order[-1]:
        order.pop()
    outputs = {"Y": 4, "Y_h": 3} | ({"Y_c": 3} if operator == "LSTM" else {})  # their ranks

    def make(inputs, **more):
        node = helper.make_node(operator, order, list(outputs), name="node", hidden_size=HIDDEN, **attributes, **more)
        return model_of([node], name, inputs, outputs, weights, opset)

    model = make(inputs)
    results = run(model, inputs)
    expected = definition(operator, tensors, attributes)
    error = max(np.abs(a - b).max() for a, b in zip(results, expected))
    print(f"{name}: ONNX Runtime and the definition differ by {error:.1e}")
    assert error < 2e-6, name
    if layout == 1:
        swap = lambda value: value.swapaxes(0, 1) if value.ndim == 3 else value
        inputs = {key: np.ascontiguousarray(swap(value)) for key, value in inputs.items()}
        results = [results[0].transpose(2, 0, 1, 3)] + [swap(value) for value in results[1:]]
        model = make(inputs, layout=1)
    write(name, model, inputs, dict(zip(outputs, results)))


def recurrent_cases():
    both = {"direction": "bidirectional"}
    back = {"direction": "reverse", "lengths": [5, 2, 4]}
    case("lstm-forward", 1, "LSTM", lengths=[3, 5, 1], initial=True, opset=7)
    case("lstm-reverse", 2, "LSTM", initial=True, **back)
    case("lstm-bidirectional", 3, "LSTM", lengths=[4, 1, 5], opset=22, **both)
    case("lstm-no-bias", 4, "LSTM", bias=False, initial=True)
    case("lstm-peepholes", 5, "LSTM", peepholes=True, initial=True, lengths=[5, 2, 4], **both)
    case("lstm-clip", 6, "LSTM", peepholes=True, initial=True, clip=0.5, **both)
    case("lstm-input-forget", 7, "LSTM", initial=True, input_forget=1, **back)
    case("lstm-input-forget-clip", 8, "LSTM", initial=True, peepholes=True, input_forget=1, clip=0.75, **both)
    case("lstm-layout", 9, "LSTM", initial=True, lengths=[5, 2, 4], layout=1, **both)
    case("lstm-activations", 10, "LSTM", initial=True, peepholes=True, lengths=[5, 2, 4], **both,
         activations=["HardSigmoid", "Softsign", "ScaledTanh", "Affine", "LeakyRelu", "Elu"],
         activation_alpha=[0.25, 1.25, 0.3, 0.125, 0.7], activation_beta=[0.4, 0.75, 0.4])
    case("lstm-activations-usual", 11, "LSTM", **both,
         activations=["HardSigmoid", "Relu", "Elu", "Sigmoid", "LeakyRelu", "Softplus"], activation_alpha=[0.3])
    case("lstm-activations-clip", 12, "LSTM", initial=True, clip=0.625,
         activations=["Softsign", "Elu", "Affine"], activation_alpha=[0.6, 0.5], activation_beta=[0.25])
    for kind, flag in [("before", 0), ("after", 1)]:
        seed, more = 20 + 10 * flag, {"linear_before_reset": flag, "initial": True}
        case(f"gru-{kind}-forward", seed, "GRU", lengths=[3, 5, 1], **more)
        case(f"gru-{kind}-reverse", seed + 1, "GRU", **back, **more)
        case(f"gru-{kind}-bidirectional", seed + 2, "GRU", lengths=[4, 1, 5], **both, **more)
        case(f"gru-{kind}-no-bias", seed + 3, "GRU", bias=False, **more)
        case(f"gru-{kind}-clip", seed + 4, "GRU", clip=0.5, **both, **more)
        case(f"gru-{kind}-layout", seed + 5, "GRU", lengths=[5, 2, 4], layout=1, **both, **more)
        case(f"gru-{kind}-activations", seed + 6, "GRU", lengths=[5, 2, 4], **both, **more,
             activations=["HardSigmoid", "ScaledTanh", "Affine", "LeakyRelu"],
             activation_alpha=[0.25, 1.25, 0.3, 0.125], activation_beta=[0.4, 0.75, 0.4])
    case("rnn-forward", 40, "RNN", lengths=[3, 5, 1], initial=True)
    case("rnn-reverse", 41, "RNN", initial=True, **back)
    case("rnn-layout-reverse", 42, "RNN", initial=True, layout=1, **back)
    case("rnn-clip", 43, "RNN", initial=True, clip=0.5, **both)
    case("rnn-activations", 44, "RNN", initial=True, lengths=[5, 2, 4], **both, activations=["Affine", "Elu"],
         activation_alpha=[0.5, 0.7], activation_beta=[0.25])
    for index, name in enumerate(["Relu", "Sigmoid", "Affine", "LeakyRelu", "ThresholdedRelu", "ScaledTanh", "HardSigmoid",
                                  "Elu", "Softsign", "Softplus"]):
        count = len(PARAMETERS.get(name, []))
        given = {key: [value] for key, value in list({"activation_alpha": 0.375, "activation_beta": 0.625}.items())[:count]}
        case(f"rnn-{name.lower()}", 50 + index, "RNN", initial=True, activations=[name], **given)


def tagger(name, seed, opset):
    """A graph as exporters write it: weights that are cut, joined and unsqueezed, a state of a size that is computed."""
    generator = np.random.default_rng(seed)
    c = {key: grid(generator, shape, 256) for key, shape in {
        "w": (4 * HIDDEN, INPUTS), "r": (4 * HIDDEN, HIDDEN), "b_ih": (4 * HIDDEN,), "b_hh": (4 * HIDDEN,),
        "dense": (2 * HIDDEN, 6), "dense_bias": (6,), "w_rev": (1, 4 * HIDDEN, INPUTS), "r_rev": (1, 4 * HIDDEN, HIDDEN),
        "gemm": (3, 6), "gemm_bias": (3,), "row": (3,)}.items()}
    axes = {key: np.array([value], np.int64) for key, value in {"axis0": 0, "axis1": 1}.items()}
    cuts = {f"cut{i}": np.array([i * HIDDEN], np.int64) for i in range(5)}
    more = {"zero": np.zeros((1, 1, 1), np.float32), "directions": np.array([2], np.int64),
            "hidden": np.array([HIDDEN], np.int64), "flat": np.array([0, 0, -1], np.int64),
            "rows": np.array([-1, 6], np.int64), "one": np.array(1, np.int64)}
    nodes = []

    def add(operator, inputs, output, **attributes):
        nodes.append(helper.make_node(operator, inputs, [output], name=f"{operator}_{len(nodes)}", **attributes))
        return output

    def unsqueeze(value, axis):
        if opset >= 13:
            return add("Unsqueeze", [value, f"axis{axis}"], f"{value}_u{axis}")
        return add("Unsqueeze", [value], f"{value}_u{axis}", axes=[axis])

    def reordered(value):  # i f g o to i o f c, as PyTorch's exporter does it
        parts = [add("Slice", [value, f"cut{i}", f"cut{i + 1}", "axis0"], f"{value}_{i}") for i in (0, 3, 1, 2)]
        return add("Concat", parts, f"{value}_iofc", axis=0)

    w = add("Concat", [unsqueeze(reordered("w"), 0), "w_rev"], "W", axis=0)
    r = add("Concat", [unsqueeze(reordered("r"), 0), "r_rev"], "R", axis=0)
    b = add("Concat", [reordered("b_ih"), reordered("b_hh")], "b", axis=0)
    b = unsqueeze(b, 0)
    b = add("Concat", [b, b], "B", axis=0)
    x = add("Transpose", ["features"], "x", perm=[1, 0, 2])
    size = unsqueeze(add("Gather", [add("Shape", ["x"], "shape"), "one"], "batch", axis=0), 0)
    state = add("Expand", ["zero", add("Concat", ["directions", size, "hidden"], "state_shape", axis=0)], "state")
    nodes.append(helper.make_node("LSTM", [x, w, r, b, "", state, state], ["y"], name="encoder", hidden_size=HIDDEN,
                                  direction="bidirectional"))
    y = add("Reshape", [add("Transpose", ["y"], "yt", perm=[2, 0, 1, 3]), "flat"], "rows_of_both")
    logits = add("Add", [add("MatMul", [y, "dense"], "product"), "dense_bias"], "sum")
    logits = add("LeakyRelu", [add("Identity", [logits], "same")], "active", alpha=0.125)
    probabilities = add("Softmax", [logits], "probabilities", axis=2)
    flat = add("Reshape", [add("Tanh", [logits], "tanh"), "rows"], "flat_rows")
    add("Gemm", [flat, "gemm", "gemm_bias"], "scores", transB=1, alpha=0.5, beta=2.0)
    add("MatMul", ["scores", "row"], "single")
    inputs = {"features": grid(generator, (BATCH, STEPS, INPUTS), 64, bound=2)}
    outputs = {probabilities: 3, "scores": 2, "single": 1}
    model = model_of(nodes, name, inputs, outputs, c | axes | cuts | more, opset)
    write(name, model, inputs, dict(zip(outputs, run(model, inputs))))
    print(f"{name}: {len(nodes)} nodes")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    recurrent_cases()
    tagger("graph-tagger", 70, 14)
    tagger("graph-tagger-old", 71, 11)


if __name__ == "__main__":
    main()
