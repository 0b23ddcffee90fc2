"""Going on with a prompt, greedily."""

import torch

from .network import network
from .timed import timed


def set_up(job):
    shape, new = job["shape"], job["newTokens"]
    model = network(shape).eval()
    ids = torch.randint(shape["vocabulary"], (1, job["promptTokens"]))
    options = dict(max_new_tokens=new, min_new_tokens=new, do_sample=False, use_cache=True, pad_token_id=0)

    def generate():
        made = model.generate(ids, attention_mask=torch.ones_like(ids), **options)
        assert made.shape[1] == ids.shape[1] + new

    return lambda: timed(generate)
