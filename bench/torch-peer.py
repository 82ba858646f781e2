"""
PyTorch as the peer of bench/gpu.ts: reads one JSON request a line, answers each with one JSON line.
All times in milliseconds.
"""

import json
import sys
import time

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError:
    print(json.dumps({"missing": "no PyTorch"}), flush=True)
    sys.exit(0)
if not torch.cuda.is_available():
    print(json.dumps({"missing": f"PyTorch {torch.__version__} without CUDA"}), flush=True)
    sys.exit(0)
print(json.dumps({"torch": torch.__version__, "device": torch.cuda.get_device_name()}), flush=True)
torch.backends.cuda.matmul.allow_tf32 = False


def milliseconds(run, seconds=0.05):
    """Median over five rounds that take about so many seconds each."""
    for _ in range(3):
        run()
    torch.cuda.synchronize()
    start = time.perf_counter()
    run()
    torch.cuda.synchronize()
    count = max(2, min(200, int(seconds / max(1e-6, time.perf_counter() - start))))
    times = []
    for _ in range(5):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        for _ in range(count):
            run()
        end.record()
        torch.cuda.synchronize()
        times.append(begin.elapsed_time(end) / count)
    return sorted(times)[2]


def forward_and_train(layer, x):
    """Times of the forward pass, and of it with the gradients by the input and all parameters."""
    ct = torch.randn_like(layer(x))
    inputs = [x.clone().requires_grad_(), *layer.parameters()]
    with torch.no_grad():
        forward = milliseconds(lambda: layer(x))
    return {
        "forward": forward,
        "train": milliseconds(lambda: torch.autograd.grad(layer(inputs[0]), inputs, ct)),
    }


class Rotation(nn.Module):
    """A butterfly of rotations between two diagonals, stage by stage."""

    def __init__(self, fan_in, fan_out):
        super().__init__()
        self.n = 1 << (max(fan_in, fan_out) - 1).bit_length()
        self.stages = self.n.bit_length() - 1
        self.angles = nn.Parameter(torch.rand(self.stages, self.n // 2) * 6.2831853)
        self.d_in = nn.Parameter(torch.ones(fan_in))
        self.d_out = nn.Parameter(torch.ones(fan_out))
        self.bias = nn.Parameter(torch.zeros(fan_out))

    def forward(self, x):
        shape, n = x.shape, self.n
        z = F.pad((x * self.d_in).reshape(-1, shape[-1]), (0, n - shape[-1]))
        cos, sin = torch.cos(self.angles), torch.sin(self.angles)
        for stage in range(self.stages):
            d = 1 << stage
            pairs = z.view(-1, n // (2 * d), 2, d)
            c, s = cos[stage].view(-1, d), sin[stage].view(-1, d)
            a, b = pairs[:, :, 0], pairs[:, :, 1]
            z = torch.stack((c * a - s * b, s * a + c * b), 2).reshape(-1, n)
        y = z[:, : self.d_out.numel()] * self.d_out + self.bias
        return y.view(*shape[:-1], -1)


def linear(kind, fan_in, fan_out):
    return nn.Linear(fan_in, fan_out) if kind == "dense" else Rotation(fan_in, fan_out)


class Block(nn.Module):
    """A pre-norm transformer block with causal attention."""

    def __init__(self, kind, width, heads):
        super().__init__()
        self.heads = heads
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.projections = nn.ModuleList([linear(kind, width, width) for _ in range(4)])
        self.up, self.down = linear(kind, width, 4 * width), linear(kind, 4 * width, width)

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

    def __init__(self, kind, vocabulary, context, width, heads, layers):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.Sequential(*[Block(kind, width, heads) for _ in range(layers)])
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.positions.weight[: tokens.shape[1]]
        return self.norm(self.blocks(x)) @ self.tokens.weight.T


def training_step(model, x, y):
    """One step of Adam, as a function."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)

    def step():
        optimizer.zero_grad(set_to_none=True)
        logits = model(x)
        F.cross_entropy(logits.view(-1, logits.shape[-1]), y.view(-1)).backward()
        optimizer.step()

    return step


def compiled(model):
    """
    Compiled as a whole; a language model block by block, which takes minutes less and shares the
    code.
    """
    if not isinstance(model, Gpt):
        return torch.compile(model)
    for block in model.blocks:
        block.compile()
    return model


def both(times, make, x):
    """Eager and compiled."""
    found = {"eager": times(make(), x)}
    try:
        found["compiled"] = times(compiled(make()), x)
    except Exception as error:  # a compiler that fails is the peer's own result
        found["failed"] = str(error)[:200]
    return found


def dense(request):
    n, batch = request["n"], request["batch"]
    layer, x = nn.Linear(n, n).cuda(), torch.randn(batch, n, device="cuda")
    y = torch.empty_like(x)
    found = {"copy": milliseconds(lambda: y.copy_(x)), "fp32": forward_and_train(layer, x)}
    torch.backends.cuda.matmul.allow_tf32 = True
    found["tf32"] = forward_and_train(layer, x)
    torch.backends.cuda.matmul.allow_tf32 = False
    found["bf16"] = forward_and_train(layer.bfloat16(), x.bfloat16())
    return found


def mixer(request):
    x = torch.randn(request["batch"], request["n"], device="cuda")
    return both(forward_and_train, lambda: Rotation(request["n"], request["n"]).cuda(), x)


def mlp(request):
    kind, hidden, batch = request["kind"], request["hidden"], request["batch"]

    def make():
        layers = [
            linear(kind, 784, hidden),
            nn.ReLU(),
            linear(kind, hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, 10),
        ]
        return nn.Sequential(*layers).cuda()

    y = torch.randint(0, 10, (batch,), device="cuda")
    return both(
        lambda m, x: milliseconds(training_step(m, x, y), 0.2),
        make,
        torch.randn(batch, 784, device="cuda"),
    )


def gpt(request):
    kind, vocabulary, context, batch = (
        request[k] for k in ("kind", "vocabulary", "context", "batch")
    )
    x = torch.randint(0, vocabulary, (batch, context), device="cuda")
    make = lambda: Gpt(
        kind, vocabulary, context, request["width"], request["heads"], request["layers"]
    ).cuda()
    return both(lambda m, x: milliseconds(training_step(m, x, x), 0.2), make, x)


answers = {"dense": dense, "mixer": mixer, "mlp": mlp, "gpt": gpt}
for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = answers[request["what"]](request)
    except torch.cuda.OutOfMemoryError:
        answer = {"failed": "out of memory"}
    torch.cuda.empty_cache()
    print(json.dumps(answer), flush=True)
