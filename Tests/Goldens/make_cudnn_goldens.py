"""Writes a model of Keras 2's layers CuDNNLSTM and CuDNNGRU, and what the layers LSTM and GRU make of its weights.

    pip install tensorflow-cpu==2.21.0 tf-keras==2.21.0 h5py safetensors
    python Tests/Goldens/make_cudnn_goldens.py

Under Tests/RecurrentFormatsTests/Goldens: keras-cudnn.h5 is a whole model, as Keras 2 saves it; keras-cudnn.run.safetensors
an input, an initial state, the output and the final state of each layer. The layers themselves run on a GPU only: Keras 2 loads
their weights into an LSTM and GRUs, for which it converts them, and these compute in Double.
"""

import os
import pathlib

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import tensorflow as tf
import tf_keras as keras
from safetensors.numpy import save_file

from grid import grid

FOLDER = pathlib.Path(__file__).parent.parent / "RecurrentFormatsTests" / "Goldens"
STEPS, BATCH, INPUTS, HIDDEN = 4, 2, 3, 4
FILE = FOLDER / "keras-cudnn.h5"


def model(lstm, gru):
    x = keras.Input((None, INPUTS))
    layers = [lstm(HIDDEN, name="lstm"), keras.layers.Bidirectional(gru(HIDDEN), name="bidirectional_gru")]
    return keras.Model(x, [layer(x) for layer in layers])


def run(layer, generator):
    """A layer on random input from a random state, in Double: everything that goes in and comes out, [T, N, F]."""
    config, weights = layer.get_config(), [w.astype("float64") for w in layer.get_weights()]
    for part in [config] + ([config["layer"]["config"]] if "layer" in config else []):
        part["dtype"] = "float64"
        part.update({key: True for key in ["return_sequences", "return_state"] if key in part})
    twin = type(layer).from_config(config)
    twin.build((BATCH, STEPS, INPUTS))
    twin.set_weights(weights)
    parts = ["h", "c"] if isinstance(layer, keras.layers.LSTM) else ["h"]
    count = 2 if isinstance(layer, keras.layers.Bidirectional) else 1
    x = grid(generator, (STEPS, BATCH, INPUTS), 64, bound=2)
    states = [grid(generator, (BATCH, HIDDEN), 64) for _ in range(count * len(parts))]
    output, *final = twin(tf.constant(x.swapaxes(0, 1)), initial_state=[tf.constant(state) for state in states])
    tensors = {"input": x, "output": output.numpy().swapaxes(0, 1)}
    for index, part in enumerate(parts):
        tensors[f"initial_{part}"] = np.stack(states[index::len(parts)])
        tensors[f"final_{part}"] = np.stack([state.numpy() for state in final[index::len(parts)]])
    return {f"{layer.name}.{key}": np.ascontiguousarray(value, np.float64) for key, value in tensors.items()}


def main():
    generator = np.random.default_rng(1)
    gpu = model(tf.compat.v1.keras.layers.CuDNNLSTM, tf.compat.v1.keras.layers.CuDNNGRU)
    gpu.set_weights([grid(generator, w.shape, 256) for w in gpu.weights])
    gpu.save(FILE)
    cpu = model(keras.layers.LSTM, keras.layers.GRU)
    cpu.load_weights(FILE)
    tensors = {}
    for layer in cpu.layers[1:]:
        tensors |= run(layer, generator)
    save_file(tensors, FOLDER / "keras-cudnn.run.safetensors")


if __name__ == "__main__":
    main()
