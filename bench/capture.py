"""
PyTorch as the peer of bench/capture.ts: wall time of training steps of the same dense models, each
with a batch from the host, ended by a loss that is read. Eager, compiled, as a CUDA graph, and both
(a graph of the compiled step); in fp32 and in tf32. Prints a JSON line for each model and each
precision, with milliseconds of a step.

    python3 bench/capture.py [--only mlp,gpt,gpt1024] [--steps 500] [--rounds 2]
"""

import argparse
import json
import sys
import time

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError:
    sys.exit("bench/capture.py: expected PyTorch, got none")
if not torch.cuda.is_available():
    sys.exit(f"bench/capture.py: expected CUDA, got PyTorch {torch.__version__} without it")

DRAWN = 16


class Block(nn.Module):
    """A pre-norm transformer block with causal attention."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.projections = nn.ModuleList([nn.Linear(width, width) for _ in range(4)])
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, steps, width = x.shape
        h = self.norms[0](x)
        q, k, v = (
            p(h).view(batch, steps, self.heads, -1).transpose(1, 2) for p in self.projections[:3]
        )
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.projections[3](seen.transpose(1, 2).reshape(batch, steps, width))
        return x + self.down(F.gelu(self.up(self.norms[1](x))))


class Gpt(nn.Module):
    """A decoder-only language model with a tied head."""

    def __init__(self, vocabulary, context, width, heads, layers):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.Sequential(*[Block(width, heads) for _ in range(layers)])
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.positions.weight[: tokens.shape[1]]
        return self.norm(self.blocks(x)) @ self.tokens.weight.T


def mlp():
    make = lambda: nn.Sequential(
        nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)
    )
    xs = [torch.rand(128, 784) for _ in range(DRAWN)]
    return make, xs, [torch.randint(0, 10, (128,)) for _ in range(DRAWN)]


def gpt(vocabulary, context, width, heads, layers, batch):
    make = lambda: Gpt(vocabulary, context, width, heads, layers)
    tokens = lambda: [torch.randint(0, vocabulary, (batch, context)) for _ in range(DRAWN)]
    return make, tokens(), tokens()


MODELS = {
    "mlp": (2000, mlp),
    "gpt": (500, lambda: gpt(89, 128, 256, 4, 4, 32)),
    "gpt1024": (500, lambda: gpt(256, 256, 1024, 8, 4, 16)),
}


class Training:
    """A model with its optimizer and fixed places for the batch."""

    def __init__(self, make, x, y, compiled):
        torch.manual_seed(1)
        self.model = make().cuda()
        self.optimizer = torch.optim.Adam(
            self.model.parameters(), lr=1e-3, fused=True, capturable=True
        )
        self.x, self.y = x.cuda(), y.cuda()
        self.forward = torch.compile(self.loss) if compiled else self.loss

    def loss(self, x, y):
        logits = self.model(x)
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), y.view(-1))

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.forward(self.x, self.y)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def graph(self):
        """The step as a CUDA graph, after some on a side stream."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.step()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            loss = self.step()

        def replay():
            graph.replay()
            return loss

        return replay


def milliseconds(make, xs, ys, steps, compiled, graph):
    """The time of one step."""
    training = Training(make, xs[0], ys[0], compiled)
    step = training.graph() if graph else training.step
    xs, ys = [[t.pin_memory() for t in ts] for ts in (xs, ys)]

    def take(count):
        for k in range(count):
            training.x.copy_(xs[k % DRAWN], non_blocking=True)
            training.y.copy_(ys[k % DRAWN], non_blocking=True)
            loss = step()
            if k % 100 == 99 or k == count - 1:
                value = loss.item()
        return value

    take(10)
    start = time.perf_counter()
    take(steps)
    return 1000 * (time.perf_counter() - start) / steps


WAYS = {
    "eager": (False, False),
    "compiled": (True, False),
    "graph": (False, True),
    "both": (True, True),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default=",".join(MODELS))
    parser.add_argument("--steps", type=int)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    print(json.dumps({"torch": torch.__version__, "device": torch.cuda.get_device_name()}))
    for name in given.only.split(","):
        usual, task = MODELS[name]
        make, xs, ys = task()
        for tf32 in (False, True):
            torch.backends.cuda.matmul.allow_tf32 = tf32
            torch._dynamo.reset()
            found = {"model": name, "precision": "tf32" if tf32 else "fp32"}
            for way, (compiled, graph) in WAYS.items():
                try:
                    times = [
                        milliseconds(make, xs, ys, given.steps or usual, compiled, graph)
                        for _ in range(given.rounds)
                    ]
                    found[way] = sorted(times)[len(times) // 2]
                    found[way + "Rounds"] = times
                except Exception as error:  # a compiler that fails is the peer's own result
                    found[way + "Failed"] = str(error)[:200]
            print(json.dumps(found), flush=True)


main()
