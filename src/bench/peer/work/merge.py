"""Taking LoRA's change into the kernels."""

from peft import get_peft_model

from .lora import lora_config
from .network import network
from .timed import timed


def set_up(job):
    model = network(job["shape"])

    def merge():
        adapted_model = get_peft_model(model, lora_config(job["targets"]))
        return timed(adapted_model.merge_and_unload)

    return merge
