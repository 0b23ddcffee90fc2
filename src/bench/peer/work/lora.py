"""LoRA as all rows have it."""

from peft import LoraConfig

RANK = 8
COMMON = dict(lora_alpha=16, task_type="CAUSAL_LM")


def lora_config(targets, **changes):
    return LoraConfig(r=RANK, target_modules=targets, **COMMON, **changes)
