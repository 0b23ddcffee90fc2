"""A model with a method on it, and its optimizer."""

import torch
from peft import AdaLoraConfig, get_peft_model
from peft.optimizers import create_loraplus_optimizer

from .lora import COMMON, RANK, lora_config

PLANNED_STEPS = 1000  # more than are ever made


def adapted(model, method, targets):
    adamw = dict(lr=1e-4, weight_decay=0.0)
    if method == "full":
        return model, torch.optim.AdamW(model.parameters(), **adamw)
    if method == "qlora":
        from .four_bits import in_four_bits  # needs bitsandbytes

        model = in_four_bits(model)
    if method == "adalora":
        # Prunes from the first step on, with a new mask after each.
        schedule = dict(init_r=RANK + RANK // 2, target_r=RANK, tinit=0, tfinal=0, deltaT=1, total_step=PLANNED_STEPS)
        config = AdaLoraConfig(target_modules=targets, **schedule, **COMMON)
    else:
        config = lora_config(targets, use_dora=method == "dora")
    model = get_peft_model(model, config)
    if method == "loraPlus":
        return model, create_loraplus_optimizer(model, torch.optim.AdamW, lr=1e-4, loraplus_lr_ratio=16)
    return model, torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], **adamw)
