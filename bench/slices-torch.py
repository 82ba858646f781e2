# Microseconds of CPU time for calls of PyTorch on one thread: bench/slices.ts. Prints JSON.
import json
import sys
import time

import torch

torch.set_num_threads(1)
nodes, edges = int(sys.argv[1]), int(sys.argv[2])
ids = (torch.arange(edges) * 7919) % nodes
result = {}


def best(job):
    times = []
    for _ in range(15):
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return min(times) * 1e6


for width in (4, 16, 64):
    x, messages = torch.randn(nodes, width), torch.randn(edges, width)
    calls = {
        "take": (lambda t: t.index_select(0, ids), x),
        "segmentSum": (lambda t: torch.zeros(nodes, width).index_add(0, ids, t), messages),
        "roll": (lambda t: torch.roll(t, 1000, 0), messages),
    }
    for name, (f, t) in calls.items():
        result[f"{name} {width}"] = best(lambda: f(t))
        t = t.clone().requires_grad_(True)
        y = f(t)
        ct = torch.randn_like(y)
        pull = lambda: torch.autograd.grad(y, t, ct, retain_graph=True)
        result[f"{name} {width}, vjp"] = best(pull)
print(json.dumps(result))
