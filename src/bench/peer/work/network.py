"""A Llama of the sizes of a shape (shape.ts)."""

import torch
from transformers import LlamaConfig, LlamaForCausalLM


def network(shape):
    """Drawn at random."""
    torch.manual_seed(0)
    return LlamaForCausalLM(config_of(shape))


def config_of(shape):
    return LlamaConfig(
        hidden_size=shape["hidden"],
        num_hidden_layers=shape["layers"],
        num_attention_heads=shape["heads"],
        num_key_value_heads=shape["heads"],
        intermediate_size=shape["feedForward"],
        vocab_size=shape["vocabulary"],
        max_position_embeddings=2048,
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        attn_implementation="sdpa",
    )


def linear_maps(model):
    """Names and modules of all linear maps but the head."""
    for name, module in list(model.named_modules()):
        if isinstance(module, torch.nn.Linear) and name != "lm_head":
            yield name, module
