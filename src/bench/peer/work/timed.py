"""Milliseconds that something takes."""

import time


def timed(work):
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)
