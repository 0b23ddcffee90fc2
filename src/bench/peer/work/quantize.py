"""Rounding all linear maps but the head to NF4 with double quantization."""

from bitsandbytes.functional import quantize_4bit

from .network import linear_maps, network
from .timed import timed


def set_up(job):
    linear = [module for _, module in linear_maps(network(job["shape"]))]

    def quantize():
        for module in linear:
            quantize_4bit(module.weight.data, quant_type="nf4", compress_statistics=True)

    return lambda: timed(quantize)
