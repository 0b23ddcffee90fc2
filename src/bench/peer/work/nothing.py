"""Nothing: the worker says what it runs on."""


def set_up(job):
    return lambda: 0.0
