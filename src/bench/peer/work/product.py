"""A product of two square matrices."""

import torch

from .timed import timed


def set_up(job):
    size = job["size"]
    a, b = torch.randn(size, size), torch.randn(size, size)
    return lambda: timed(lambda: a @ b)
