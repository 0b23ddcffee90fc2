"""The peer's part of a measurement: transformers and PEFT on PyTorch.

Reads requests from standard input and answers on standard output, one JSON object a line, as protocol.ts says. The module of work/ that
has the name of a job's work does it. Networks are drawn at random and float32, attention is 'sdpa', dropout 0, tokens are random: none of
it changes the time.
"""

import json
import os
import resource
import sys
from importlib import import_module


def main():
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print is no answer
    worker = Worker()
    for line in sys.stdin:
        try:
            answer = worker.answer(json.loads(line))
        except Exception as error:
            answer = {"type": "failed", "message": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")


class Worker:
    def __init__(self):
        self.repeat = None

    def answer(self, request):
        if request["type"] == "job":
            job = request["job"]
            # Not before: what is missing there is an answer, and what is printed there is none.
            from environment import environment_of

            environment = environment_of(job["threads"])
            resident = resident_bytes()
            self.repeat = import_module(f"work.{job['work']}").set_up(job)
            self.repeated(job["warmup"])
            return {"type": "ready", "environment": environment, "residentBytes": resident, "counts": {}}
        if request["type"] == "measure":
            return {"type": "measured", "milliseconds": self.repeated(request["repeats"])}
        return {"type": "ended", "peakBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}

    def repeated(self, times):
        return [self.repeat() for _ in range(times)]


def resident_bytes():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    main()
