"""A model whose linear maps, all but the head, are held in NF4 with double quantization."""

import torch
from bitsandbytes.nn import Linear4bit

from .network import linear_maps


def in_four_bits(model):
    for name, module in linear_maps(model):
        parent, leaf = name.rsplit(".", 1)
        four_bit = Linear4bit(
            module.in_features,
            module.out_features,
            bias=False,
            compute_dtype=torch.float32,
            quant_type="nf4",
            compress_statistics=True,
        )
        four_bit.load_state_dict(module.state_dict())
        setattr(model.get_submodule(parent), leaf, four_bit.to("cpu"))
    return model
