"""One process of a sweep: runs of LoRA on a pretrained network, each from its checkpoint. The job is its one word, as JSON."""

import json
import sys

import torch
import transformers
from peft import get_peft_model
from transformers import AutoModelForCausalLM

from work.lora import lora_config


def make_runs(job):
    torch.set_num_threads(job["threads"])
    transformers.logging.set_verbosity_error()
    for seed in range(job["runs"]):
        torch.manual_seed(seed)
        base = AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32)
        model = get_peft_model(base, lora_config(["q_proj", "v_proj"]))
        model.train()
        trained = [p for p in model.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.0)
        for _ in range(job["steps"]):
            ids = torch.randint(base.config.vocab_size, (job["batch"], job["sequence"]))
            loss = model(input_ids=ids, labels=ids).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            loss.item()


if __name__ == "__main__":
    make_runs(json.loads(sys.argv[1]))
