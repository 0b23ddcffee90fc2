"""A sweep: whole processes, each of which starts Python and makes its share of the runs (runs.py) one after the other."""

import json
import subprocess
import sys
from pathlib import Path

from .timed import timed

RUNS = Path(__file__).parents[1] / "runs.py"


def set_up(job):
    processes = job["processes"]
    shares = [job["runs"] // processes + (i < job["runs"] % processes) for i in range(processes)]
    commands = [[sys.executable, "-B", RUNS, json.dumps({**job, "runs": share})] for share in shares]

    def sweep():
        started = [subprocess.Popen(command, stdin=subprocess.DEVNULL) for command in commands]
        statuses = [process.wait() for process in started]
        if any(statuses):
            raise RuntimeError(f"a process of the sweep ended with {statuses}")

    return lambda: timed(sweep)
