"""Makes the reference numbers of severalAdapters.test.ts with PEFT itself: a tiny Llama, adapters on it, and logits of what PEFT makes
of several at once. Run in this folder with torch, transformers and peft (0.21.2); two runs write the same bytes."""

from pathlib import Path

import torch
from peft import IA3Config, LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

IDS = torch.tensor([[1, 5, 2, 7, 3], [4, 4, 9, 0, 6]])


def fill(named_tensors, seed):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in named_tensors:
            noise = torch.randn(tensor.shape, generator=generator)
            tensor.copy_(0.3 * noise if tensor.ndim > 1 else 1 + 0.1 * noise)


def base():
    config = LlamaConfig(
        vocab_size=10, hidden_size=8, intermediate_size=12, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=16,
    )
    model = LlamaForCausalLM(config).eval()
    fill(model.named_parameters(), 1)
    return model


def adapter(name, seed, config):
    model = get_peft_model(base(), config)
    fill([(n, p) for n, p in model.named_parameters() if p.requires_grad], seed)
    model.save_pretrained(name)


def logits(model):
    with torch.no_grad():
        return model(IDS).logits.contiguous()


def several(*names):
    model = PeftModel.from_pretrained(base(), names[0], adapter_name=names[0]).eval()
    for name in names[1:]:
        model.load_adapter(name, adapter_name=name)
    model.base_model.set_adapter(list(names))
    return model


def combined(type, weights, **options):
    model = several("first", "second")
    model.add_weighted_adapter(["first", "second"], weights, "new", combination_type=type, **options)
    model.set_adapter("new")
    return logits(model)


base().save_pretrained("base")
adapter("first", 2, LoraConfig(r=2, lora_alpha=4, target_modules=["q_proj", "down_proj"]))
adapter("second", 3, LoraConfig(r=2, lora_alpha=3, target_modules=["q_proj", "v_proj"]))
adapter("larger", 4, LoraConfig(r=3, lora_alpha=5, target_modules=["q_proj"]))
adapter("dora", 5, LoraConfig(r=2, lora_alpha=2, use_dora=True, target_modules=["q_proj", "v_proj"]))
adapter("scales", 6, IA3Config(target_modules=["k_proj", "down_proj"], feedforward_modules=["down_proj"]))
adapter("others", 7, IA3Config(target_modules=["k_proj", "down_proj"], feedforward_modules=["down_proj"]))

strong = several("first", "second")
for module in strong.modules():
    if hasattr(module, "set_scale"):
        for name, strength in (("first", 0.5), ("second", -1.5)):
            if name in getattr(module, "scaling", {}):
                module.set_scale(name, strength)

larger = several("first", "larger")
larger.add_weighted_adapter(["first", "larger"], [0.6, -0.8], "new", combination_type="cat")
larger.set_adapter("new")

save_file(
    {
        "input_ids": IDS.int(),
        "base": logits(base()),
        "first": logits(several("first")),
        "first+second": logits(several("first", "second")),
        "first/2-second*3/2": logits(strong),
        "first+dora": logits(several("first", "dora")),
        "dora+first": logits(several("dora", "first")),
        "scales*others": logits(several("scales", "others")),
        "linear": combined("linear", [0.7, 0.4]),
        "linear, negative": combined("linear", [0.7, -0.4]),
        "cat": combined("cat", [0.7, -0.4]),
        "cat of two ranks": logits(larger),
        "svd": combined("svd", [0.7, -0.4]),
        "svd of rank 1": combined("svd", [0.7, -0.4], svd_rank=1),
    },
    "expected.safetensors",
)
for file in (*Path().glob("*/README.md"), Path("base/generation_config.json")):
    file.unlink(missing_ok=True)
