"""Writes models of Keras 3 in its file formats, and beside each what Keras makes of every recurrent layer in it.

    pip install keras==3.15.1 tensorflow-cpu==2.21.0 h5py safetensors
    python Tests/Goldens/make_keras_goldens.py

Under Tests/RecurrentFormatsTests/Goldens: keras-layers.keras is a model, and keras-layers.run.safetensors has an input, an
initial state, the output and the final state of every layer, computed in Double from the same weights.
keras-layers.weights.h5 has some of these layers, and weights alone. keras-options.keras has layers whose options only a
configuration tells, in models within models; both .keras files are deflated, which Keras reads, and they are small then.
keras-kinds.keras is as Keras writes it, with weights in float64, float16 and bfloat16. keras-legacy.h5 is in the format of a
whole model before Keras 3. Weights are multiples of 1/256 and inputs of 1/64.

keras-flaws.weights.h5 is made by hand, and has layers that are wrong, each in its own way, or right in a way that Keras
does not write; in keras-cycle.weights.h5 a group is a member of itself.

A date and numbers of objects in memory, which Keras writes into a .keras file, change from run to run.
"""

import os
import pathlib
import tempfile
import zipfile

os.environ["KERAS_BACKEND"] = "tensorflow"  # the only one with which Keras computes in Double throughout
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import h5py
import keras
import numpy as np
from safetensors.numpy import save_file

from grid import grid

FOLDER = pathlib.Path(__file__).parent.parent / "RecurrentFormatsTests" / "Goldens"
STEPS, BATCH, INPUTS, HIDDEN = 4, 2, 3, 4
L = keras.layers
SEQUENCE = {"return_sequences": True}


def recurrent_layers(model):
    """All recurrent layers, of models in a model too."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from recurrent_layers(layer)
        elif isinstance(layer, (L.RNN, L.Bidirectional)):
            yield layer


def set_all(config, values):
    """Sets members of a configuration, and of every layer and cell in it, where they are there."""
    config.update({key: value for key, value in values.items() if key in config})
    for name in ["layer", "backward_layer", "cell"]:
        if name in config:
            set_all(config[name]["config"], values)


def in_double(layer):
    """A layer of the same weights that computes in Double and returns everything."""
    config = layer.get_config()
    set_all(config, {"dtype": "float64", "return_sequences": True, "return_state": True})
    twin = type(layer).from_config(config)
    twin.build((BATCH, STEPS, INPUTS))
    twin.set_weights([np.asarray(keras.ops.convert_to_numpy(keras.ops.cast(w, "float64"))) for w in layer.weights])
    return twin


def run(layer, generator):
    """A layer on random input from a random state: everything that goes in and comes out, [T, N, F], in Double."""
    layer = in_double(layer)
    cell = layer.forward_layer.cell if isinstance(layer, L.Bidirectional) else layer.cell
    count = 2 if isinstance(layer, L.Bidirectional) else 1
    parts = ["h", "c"] if isinstance(cell, L.LSTMCell) else ["h"]
    x = grid(generator, (STEPS, BATCH, INPUTS), 64, bound=2)
    states = [grid(generator, (BATCH, HIDDEN), 64) for _ in range(count * len(parts))]
    result = [keras.ops.convert_to_numpy(value) for value in layer(x.swapaxes(0, 1), initial_state=states)]
    output, final = result[0].swapaxes(0, 1), result[1:]
    tensors = {"input": x, "output": output}
    for index, part in enumerate(parts):  # Keras has h and c of a direction side by side
        tensors[f"initial_{part}"] = np.stack(states[index::len(parts)])
        tensors[f"final_{part}"] = np.stack(final[index::len(parts)])
    return {f"{layer.name}.{key}": np.ascontiguousarray(value, np.float64)
            for key, value in tensors.items()}


def case(name, seed, model):
    """Draws a model's weights, and writes a run of each recurrent layer in it."""
    generator = np.random.default_rng(seed)
    for layer in recurrent_layers(model):
        layer.set_weights([grid(generator, tuple(w.shape), 256) for w in layer.weights])
    tensors = {}
    for layer in recurrent_layers(model):
        tensors |= run(layer, generator)
    save_file(tensors, FOLDER / f"{name}.run.safetensors")
    return model


def side_by_side(layers, name="model"):
    """A model with all of some layers on the same input."""
    x = keras.Input((None, INPUTS))
    outputs = [layer(x) for layer in layers]
    return keras.Model(x, outputs, name=name)


def layers():
    return side_by_side([
        L.LSTM(HIDDEN, name="lstm", dropout=0.25, **SEQUENCE),
        L.LSTM(HIDDEN, name="lstm_unbiased", use_bias=False, seed=1),
        L.GRU(HIDDEN, name="gru_after", **SEQUENCE),
        L.GRU(HIDDEN, name="gru_before", reset_after=False, recurrent_dropout=0.25),
        L.GRU(HIDDEN, name="gru_unbiased", use_bias=False),
        L.SimpleRNN(HIDDEN, name="rnn"),
        L.SimpleRNN(HIDDEN, name="rnn_unbiased", use_bias=False),
        L.Bidirectional(L.LSTM(HIDDEN, **SEQUENCE), name="bidirectional_lstm"),
        L.Bidirectional(L.GRU(HIDDEN), name="bidirectional_gru"),
        L.Bidirectional(L.SimpleRNN(HIDDEN), name="bidirectional_rnn"),
        L.Dense(2, name="dense"),
    ])


def options():
    inner = keras.Sequential([
        keras.Input((None, INPUTS)),
        L.Dense(INPUTS),
        L.GRU(HIDDEN, name="gru_before_unbiased", reset_after=False, use_bias=False, **SEQUENCE),
    ], name="inner")
    return side_by_side([
        L.LSTM(HIDDEN, name="lstm_hard", activation="softsign", recurrent_activation="hard_sigmoid"),
        L.LSTM(HIDDEN, name="lstm_relu", activation="relu6", recurrent_activation="hard_tanh"),
        L.GRU(HIDDEN, name="gru_elu", activation="elu", recurrent_activation="softplus"),
        L.SimpleRNN(HIDDEN, name="rnn_relu", activation="relu"),
        L.SimpleRNN(HIDDEN, name="rnn_linear", activation=None),
        L.RNN(L.LSTMCell(HIDDEN, activation="linear"), name="rnn_of_lstm"),
        L.Bidirectional(L.RNN(L.GRUCell(HIDDEN, reset_after=False)), name="bidirectional_of_cells"),
        keras.Sequential([keras.Input((None, INPUTS)), inner], name="outer"),
    ])


def kinds():
    return side_by_side([
        L.LSTM(HIDDEN, name="double", dtype="float64"),
        L.GRU(HIDDEN, name="half", dtype="float16", recurrent_initializer="zeros"),
        L.SimpleRNN(HIDDEN, name="bfloat", dtype="bfloat16", recurrent_initializer="zeros"),
    ])


def legacy():
    return side_by_side([
        L.LSTM(HIDDEN, name="lstm"),
        L.Bidirectional(L.GRU(HIDDEN, reset_after=False, recurrent_activation="hard_sigmoid"), name="bidirectional_gru"),
    ])


def save_deflated(model, name):
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        with (zipfile.ZipFile(f"{folder}/model.keras") as plain,
              zipfile.ZipFile(FOLDER / name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed):
            for member in plain.namelist():
                packed.writestr(member, plain.read(member))


def flaws(file):
    """Layers by what is wrong with them."""

    zeros = {}  # by shape and type, each in the file once

    def variables(name, *values, dtype="f4"):
        group = file.create_group(f"layers/{name}/vars")
        for index, value in enumerate(values):
            group[f"{index}"] = zeros.get((value, dtype), np.zeros(value, dtype)) if isinstance(value, tuple) else value
            if isinstance(value, tuple):
                zeros[value, dtype] = group[f"{index}"]
        return group

    def cell(name, *values, **options):
        return variables(f"{name}/cell", *values, **options)

    kernels = [(INPUTS, 4 * HIDDEN), (HIDDEN, 4 * HIDDEN)]
    cell("missing", kernels[0])
    cell("integers", *kernels, dtype="i4")
    cell("convolution", *[(1, 3, *shape) for shape in kernels])
    cell("four", *kernels, (4 * HIDDEN,), (4 * HIDDEN,))
    cell("fraction", (INPUTS, 14), (HIDDEN, 14))
    cell("narrow", (INPUTS, 12), kernels[1])
    cell("bias", *kernels, (2, 4 * HIDDEN))
    cell("nothing", (INPUTS, 0), (0, 0))
    cell("no_input", (0, 4 * HIDDEN), kernels[1])
    cell("minimal", (INPUTS, HIDDEN), (HIDDEN, HIDDEN)).attrs["name"] = "minimal_cell"
    variables("stack/cell/cells/lstm_cell", *kernels)
    for direction, shapes in [("forward_layer", [*kernels, (4 * HIDDEN,)]), ("backward_layer", kernels)]:
        cell(f"bias_one_way/{direction}", *shapes)
    for direction, units in [("forward_layer", 4), ("backward_layer", 2)]:
        cell(f"sizes/{direction}", (INPUTS, 4 * units), (units, 4 * units))
    cell("huge").create_dataset("0", (2**40, 16), "f4", chunks=(1024, 16))
    cell("overflow").create_dataset("0", (2**61, 16), "f4", chunks=(1024, 16))
    cell("unwritten").create_dataset("0", kernels[0], "f4")
    cell("elsewhere").create_dataset("0", kernels[0], "f4", external=[("numbers.bin", 0, 192)])
    cell("soft")["0"] = h5py.SoftLink("/layers/missing/cell/vars/0")
    file["layers/outside"] = h5py.ExternalLink("other.weights.h5", "/layers/lstm")
    numbers = [np.arange(shape[0] * shape[1]).reshape(shape) / 64 for shape in kernels]
    cell("right", *[value.astype("f4") for value in numbers])
    cell("big_endian", *[value.astype(">f4") for value in numbers])
    for index, value in enumerate(numbers):
        file.require_group("layers/packed/cell/vars").create_dataset(
            f"{index}", data=value.astype("f8"), chunks=(2, 5), compression="gzip", shuffle=True)


def main():
    model = case("keras-layers", 1, layers())
    some = ["lstm", "gru_before", "gru_unbiased", "rnn", "bidirectional_gru"]
    side_by_side([model.get_layer(name) for name in some]).save_weights(FOLDER / "keras-layers.weights.h5")
    save_deflated(model, "keras-layers.keras")
    save_deflated(case("keras-options", 2, options()), "keras-options.keras")
    case("keras-kinds", 3, kinds()).save(FOLDER / "keras-kinds.keras")
    with h5py.File(FOLDER / "keras-flaws.weights.h5", "w", libver=("v108", "v110")) as file:
        flaws(file)
    with h5py.File(FOLDER / "keras-cycle.weights.h5", "w", libver=("v108", "v110")) as file:
        file["layers"] = file["/"]
    case("keras-legacy", 4, legacy()).save(FOLDER / "keras-legacy.h5")


if __name__ == "__main__":
    main()
