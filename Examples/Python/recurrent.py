"""Recurrent from Python: ctypes and NumPy, nothing to compile.

The library is found by its name, or at the path in the environment variable RECURRENT_LIBRARY.
"""
import ctypes
import os
from ctypes import POINTER, byref, c_char_p, c_double, c_float, c_int32, c_size_t, c_uint32, c_uint64, c_void_p

import numpy as np

LSTM, GRU, RNN = 1, 2, 3


class Span(ctypes.Structure):
    _fields_ = [("elements", c_void_p), ("count", c_size_t)]

    def __init__(self, array=None):
        super().__init__(*((None, 0) if array is None else (array.ctypes.data, array.size)))


class Activation(ctypes.Structure):
    _fields_ = [("function", c_uint32), ("alpha", c_double), ("beta", c_double), ("bound", c_double)]


class Regularization(ctypes.Structure):
    _fields_ = [(name, c_double) for name in (
        "dropout", "input_dropout", "recurrent_dropout", "hidden_zoneout", "cell_zoneout", "drop_connect")]


class Configuration(ctypes.Structure):
    _fields_ = [
        ("cell", c_uint32), ("engine", c_uint32), ("input_size", c_size_t), ("hidden_size", c_size_t),
        ("layer_count", c_size_t), ("direction_count", c_size_t), ("projection_size", c_size_t),
        ("has_peepholes", c_int32), ("couples_forget", c_int32), ("reset", c_uint32), ("gate_activation", Activation),
        ("candidate_activation", Activation), ("output_activation", Activation), ("normalization_epsilon", c_double),
        ("regularization", Regularization)]


class Description(ctypes.Structure):
    _fields_ = [
        ("configuration", Configuration), ("running_engine", c_uint32), ("output_size", c_size_t),
        ("parameter_count", c_size_t), ("tensor_count", c_size_t), ("thread_count", c_size_t)]


class Parameter(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("offset", c_size_t), ("rows", c_size_t), ("columns", c_size_t)]


class Sequences(ctypes.Structure):
    _fields_ = [
        ("step_count", c_size_t), ("batch_size", c_size_t), ("layout", c_uint32), ("lengths", Span), ("input", Span),
        ("initial_hidden", Span), ("initial_cell", Span), ("hidden", Span), ("cells", Span), ("final_hidden", Span),
        ("final_cell", Span), ("mask_seed", c_uint64)]


class Gradients(ctypes.Structure):
    _fields_ = [
        ("hidden", Span), ("cells", Span), ("final_hidden", Span), ("final_cell", Span), ("input", Span),
        ("initial_hidden", Span), ("initial_cell", Span), ("parameters", Span), ("accumulates", c_int32)]


class Error(Exception):
    """What the library says, and its status."""


_library = ctypes.CDLL(os.environ.get("RECURRENT_LIBRARY", "librecurrent.so"))
_library.recurrent_error_message.restype = c_char_p
_library.recurrent_version.restype = c_char_p


def _call(name, *arguments):
    status = getattr(_library, "recurrent_" + name)(*arguments)
    if status != 0:
        raise Error(_library.recurrent_error_message().decode(), status)


def _floats(array):
    """The array, or a copy of it, as the library reads it."""
    return np.ascontiguousarray(array, dtype=np.float32)


def version():
    return _library.recurrent_version().decode()


class _Owner:
    """Whoever owns a handle, and gives it back."""

    def __init__(self, kind, make, *arguments):
        self._kind, self._handle = kind, c_void_p()
        _call(make, *arguments, byref(self._handle))

    def __del__(self):
        if getattr(self, "_handle", None):
            _call(self._kind + "_destroy", self._handle)


class Model(_Owner):
    """Layers with their weights: random ones of a seed, or those of a safetensors file."""

    def __init__(self, cell=LSTM, input_size=1, hidden_size=1, layers=1, directions=1, seed=0, *, path=None, name=None):
        if path is not None:
            super().__init__("model", "model_load", os.fsencode(path), name and name.encode(), None)
        else:
            configuration = Configuration(
                cell=cell, input_size=input_size, hidden_size=hidden_size, layer_count=layers,
                direction_count=directions)
            super().__init__("model", "model_create_random", byref(configuration), c_uint64(seed))
        self.description = Description()
        _call("model_describe", self._handle, byref(self.description))
        self.configuration = self.description.configuration
        self.output_size = self.description.output_size

    @property
    def parameters(self):
        """All weights and biases, a copy, as one flat array."""
        parameters = np.empty(self.description.parameter_count, np.float32)
        _call("model_read_parameters", self._handle, c_void_p(parameters.ctypes.data), c_size_t(parameters.size))
        return parameters

    @parameters.setter
    def parameters(self, values):
        values = _floats(values)
        _call("model_write_parameters", self._handle, c_void_p(values.ctypes.data), c_size_t(values.size))

    def tensors(self, flat):
        """Views of a flat array, of parameters or their gradients, by name."""
        views, parameter = {}, Parameter()
        for index in range(self.description.tensor_count):
            _call("model_parameter", self._handle, c_size_t(index), byref(parameter))
            view = flat[parameter.offset:parameter.offset + parameter.rows * parameter.columns]
            views[parameter.name.decode()] = view.reshape(parameter.rows, parameter.columns)
        return views

    def __call__(self, x, lengths=None, state=(None, None), tape=None):
        """Runs x [T, N, I]: h at every step [T, N, D·R], and the final state (h, C), C being None where there is none.

        With a tape it leaves there what `backward` needs.
        """
        x = _floats(x)
        steps, batch = x.shape[:2]
        c, has_cell = self.configuration, self.configuration.cell == LSTM
        lanes = c.layer_count * c.direction_count
        hidden = np.empty((steps, batch, c.direction_count * self.output_size), np.float32)
        final_hidden = np.empty((lanes, batch, self.output_size), np.float32)
        final_cell = np.empty((lanes, batch, c.hidden_size), np.float32) if has_cell else None
        lengths = None if lengths is None else np.ascontiguousarray(lengths, dtype=np.uintp)
        state = [None if part is None else _floats(part) for part in state]
        call = Sequences(
            step_count=steps, batch_size=batch, lengths=Span(lengths), input=Span(x), initial_hidden=Span(state[0]),
            initial_cell=Span(state[1]), hidden=Span(hidden), final_hidden=Span(final_hidden),
            final_cell=Span(final_cell))
        if tape is None:
            _call("model_run", self._handle, byref(call))
        else:
            _call("model_forward", self._handle, tape._handle, byref(call))
            tape.input_shape = x.shape
        return hidden, (final_hidden, final_cell)

    def backward(self, hidden_gradient, tape):
        """From a loss's gradient by h at every step to those by the parameters, flat, and by the input."""
        given = _floats(hidden_gradient)
        parameters = np.empty(self.description.parameter_count, np.float32)
        x = np.empty(getattr(tape, "input_shape", (0,)), np.float32)
        call = Gradients(hidden=Span(given), parameters=Span(parameters), input=Span(x))
        _call("model_backward", self._handle, tape._handle, byref(call))
        return parameters, x

    def stream(self, batch=1):
        return Stream(self, batch)

    def tape(self, steps, batch, memory_limit=0):
        return Tape(self, steps, batch, memory_limit)


class Stream(_Owner):
    """N sequences, moved on step by step."""

    def __init__(self, model, batch):
        super().__init__("stream", "stream_create", model._handle, c_size_t(batch))
        self._hidden = np.empty((batch, model.output_size), np.float32)

    def step(self, frame):
        """One step of [N, I]: h of the last layer [N, R], overwritten by the next step."""
        frame = _floats(frame)
        _call(
            "stream_step", self._handle, c_void_p(frame.ctypes.data), c_size_t(frame.size),
            c_void_p(self._hidden.ctypes.data), c_size_t(self._hidden.size))
        return self._hidden

    def reset(self, row):
        _call("stream_reset_row", self._handle, c_size_t(row))


class Tape(_Owner):
    """What a run leaves for the way back, within a limit of bytes."""

    def __init__(self, model, steps, batch, memory_limit):
        super().__init__(
            "tape", "tape_create", model._handle, c_size_t(steps), c_size_t(batch), c_size_t(memory_limit))
