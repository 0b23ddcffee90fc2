"""The work of a job, a module each, under the names that it has in src/bench/work.

`set_up(job)` gives a function that does it once and gives the milliseconds that count.
"""
