"""Runs silero-vad with ONNX Runtime, frame by frame: what `VoiceActivity --peer` times beside itself.

    python3 voice_activity_onnxruntime.py RECORDING.wav [silero_vad.onnx]

For each line with a number of threads (0 is ONNX Runtime's own choice) it goes through the recording once, and answers with
a line: what it said of each frame, and the time from call to return, from Python. Without a model it takes that of the
installed package silero_vad, of which nothing else is needed.
"""
import importlib.util
import json
import pathlib
import sys
import time
import wave

import numpy as np
import onnxruntime


def session(model, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run(session, frames):
    state, rate = np.zeros((2, 1, 128), np.float32), np.array(16000, np.int64)
    probabilities, microseconds = [], []
    for frame in frames:
        start = time.perf_counter_ns()
        probability, state = session.run(None, {"input": frame, "state": state, "sr": rate})
        microseconds.append((time.perf_counter_ns() - start) / 1e3)
        probabilities.append(probability.item())
    return {"probabilities": probabilities, "microseconds": microseconds}


def main(recording, model=None):
    if model is None:
        package = importlib.util.find_spec("silero_vad")
        if package is None:
            sys.exit("this Python has no silero_vad, whose silero_vad.onnx is to be run")
        model = str(pathlib.Path(package.origin).parent / "data" / "silero_vad.onnx")
    with wave.open(recording) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
    # 64 samples of the frame before, then 512 new ones; the last frame is filled up with silence.
    samples = np.pad(samples, (64, -len(samples) % 512))
    frames = [samples[None, start:start + 576].copy() for start in range(0, len(samples) - 64, 512)]
    sessions = {}
    for line in sys.stdin:
        threads = int(line)
        if threads not in sessions:
            sessions[threads] = session(model, threads)
        print(json.dumps(run(sessions[threads], frames)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
