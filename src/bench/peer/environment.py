"""What the peer computes with, as environment.ts of the results wants it."""

import platform
import sys

import peft
import safetensors
import torch
import transformers

modules = dict(torch=torch, transformers=transformers, peft=peft, safetensors=safetensors)
try:
    import bitsandbytes

    modules["bitsandbytes"] = bitsandbytes
except ImportError:
    pass  # rows that need it are done without the peer


def environment_of(threads):
    """Sets the number of threads of one operation, and describes what there is."""
    torch.set_num_threads(threads)
    transformers.logging.set_verbosity_error()
    versions = {name: str(module.__version__) for name, module in modules.items()}
    return {
        "engine": "torch",
        "reason": "the peer",
        "cpu": platform.processor() or platform.machine(),
        "threads": torch.get_num_threads(),
        "versions": {"python": platform.python_version(), **versions},
        "commit": None,
        "platform": f"{sys.platform} {platform.machine()}",
    }
