# PyTorch's float64 truth and float32 results of the cases that stdin has as JSON; prints JSON.
import json
import sys

import torch

torch.set_num_threads(1)
F, L = torch.nn.functional, torch.linalg
cases = json.load(sys.stdin)


def stages(x, parameters, blocks):
    """The butterfly of n coordinates: stage k mixes i with i XOR 2^k, in order of i."""
    n = x.shape[-1]
    first = 0
    for k in range(n.bit_length() - 1):
        i = torch.tensor([i for i in range(n) if not i >> k & 1])
        j = i ^ (1 << k)
        a, b, c, d = blocks(parameters[first : first + n // 2])
        first += n // 2
        y = torch.empty_like(x)
        y[:, i] = a * x[:, i] + b * x[:, j]
        y[:, j] = c * x[:, i] + d * x[:, j]
        x = y
    return x


rotation = lambda x, angles: stages(
    x, angles, lambda t: (torch.cos(t), -torch.sin(t), torch.sin(t), torch.cos(t))
)
general = lambda x, blocks: stages(x, blocks, lambda t: t.unbind(-1))


def result(case, dtype):
    torch.set_default_dtype(dtype)
    operands = [
        torch.tensor(o["data"], dtype=torch.float32).to(dtype).reshape(o["shape"])
        for o in case["operands"]
    ]
    return eval(case["torch"], globals(), dict(zip("abcd", operands))).double().reshape(-1).tolist()


both = {"truth": torch.float64, "float32": torch.float32}
results = {case["name"]: {k: result(case, d) for k, d in both.items()} for case in cases}
print(json.dumps({"torch": torch.__version__, "results": results}))
