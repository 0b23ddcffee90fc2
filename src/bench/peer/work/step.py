"""A training step: loss, gradients, AdamW; with AdaLoRA, its allocator."""

import torch

from .adapted import adapted
from .network import network
from .timed import timed


def set_up(job):
    shape, method = job["shape"], job["method"]
    model, optimizer = adapted(network(shape), method, job["targets"])
    model.train()
    ids = torch.randint(shape["vocabulary"], (shape["batch"], shape["sequence"]))
    done = 0

    def step():
        nonlocal done
        loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        optimizer.step()
        if method == "adalora":
            model.base_model.update_and_allocate(done)
        optimizer.zero_grad()
        loss.item()
        done += 1

    return lambda: timed(step)
