"""Writes the weights that silero_vad.onnx of PyPI's silero-vad 6.2.3 has, for 16 kHz, as `VoiceActivity` reads them.

    pip install torch safetensors && pip download --no-deps silero-vad==6.2.3 && unzip silero_vad-6.2.3-py3-none-any.whl
    python3 silero_vad_weights.py silero_vad/data/silero_vad.jit silero_vad_v6.2_16k.safetensors

The package's own silero_vad_16k.safetensors has the same names, and the numbers of another training.
"""
import sys

import torch
from safetensors.torch import save_file

NAMES = {
    "stft.forward_basis_buffer": "stft_conv.weight",
    **{f"encoder.{i}.reparam_conv.{part}": f"conv{i + 1}.{part}" for i in range(4) for part in ("weight", "bias")},
    **{f"decoder.rnn.{part}_{side}": f"lstm_cell.{part}_{side}" for part in ("weight", "bias") for side in ("ih", "hh")},
    **{f"decoder.decoder.2.{part}": f"final_conv.{part}" for part in ("weight", "bias")},
}

source, target = sys.argv[1:]
weights = torch.jit.load(source, map_location="cpu").state_dict()
save_file({new: weights[f"_model.{old}"].contiguous() for old, new in NAMES.items()}, target)
