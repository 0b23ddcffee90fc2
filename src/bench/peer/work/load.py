"""Opening a checkpoint and reading all of it into a network."""

import os

import torch
from safetensors.torch import load_file
from transformers import LlamaForCausalLM

from .network import config_of
from .timed import timed


def set_up(job):
    config = config_of(job["shape"])
    file = os.path.join(job["folder"], "model.safetensors")

    def load():
        with torch.device("meta"):
            model = LlamaForCausalLM(config)
        model.to_empty(device="cpu")
        model.tie_weights()
        unread = model.load_state_dict(load_file(file), strict=False).unexpected_keys
        assert not unread, unread

    return lambda: timed(load)
