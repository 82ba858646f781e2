# Golden values of layers and models with their state dicts, from PyTorch float64 autograd.
# Usage: golden_modules.py SEED OUTDIR
import torch, json, sys, os
from torch import nn
from torch.nn import functional as F

seed = int(sys.argv[1])
out = sys.argv[2]
os.makedirs(out, exist_ok=True)
torch.set_default_dtype(torch.float64)
torch.manual_seed(seed)


def T(t):
    t = t.detach()
    kind = float if t.is_floating_point() else int
    return {"shape": list(t.shape), "data": [kind(v) for v in t.reshape(-1)]}


cases = []
R = lambda *s: torch.randn(s)


def record(name, module, model, inputs, ours, call=None, **options):
    """inputs: tensors, of which floating ones are differentiated by; ours: our arguments"""
    for p in model.parameters():
        with torch.no_grad():
            p.add_(torch.randn_like(p), alpha=0.1)
    before = {n: T(v) for n, v in model.state_dict().items()}
    xs = [x.clone().requires_grad_() if x.is_floating_point() else x for x in inputs]
    y = (call or model)(*xs)
    gy = torch.randn_like(y)
    names, weights = zip(*model.named_parameters()) if list(model.parameters()) else ((), ())
    wanted = [x for x in xs if x.is_floating_point()]
    grads = torch.autograd.grad((y * gy).sum(), [*wanted, *weights])
    cases.append(
        {
            "name": name,
            "module": module,
            "arguments": ours,
            "options": options,
            "training": model.training,
            "state_dict": before,
            "inputs": [T(x) | {"dtype": str(x.dtype)} for x in inputs],
            "output": T(y),
            "grad_output": T(gy),
            "input_grads": [T(g) for g in grads[: len(wanted)]],
            "grads": {n: T(g) for n, g in zip(names, grads[len(wanted) :])},
            "buffers": {n: T(v) for n, v in model.named_buffers()},
        }
    )


def windows(kind, sizes, shape, training=True, **options):
    model = getattr(nn, kind)(*sizes, **options)
    given = {k: list(v) if isinstance(v, tuple) else v for k, v in options.items()}
    record(f"{kind} {len(cases)}", kind, model, [R(*shape)], list(sizes), **given)


windows("Conv1d", (4, 6), (2, 4, 7), kernel_size=3, dilation=2, groups=2, padding="same")
windows("Conv2d", (3, 4), (2, 3, 5, 6), kernel_size=(2, 3), stride=(2, 1), padding=1)
windows("Conv2d", (3, 6), (3, 4, 4), kernel_size=3, groups=3, bias=False)
windows("ConvTranspose1d", (4, 2), (2, 4, 3), kernel_size=4, stride=3, groups=2, padding=1)
windows(
    "ConvTranspose2d",
    (2, 3),
    (1, 2, 3, 2),
    kernel_size=(2, 3),
    stride=(2, 3),
    dilation=(3, 1),
    output_padding=(2, 1),
)
windows("ConvTranspose2d", (3, 3), (3, 2, 2), kernel_size=2, groups=3, bias=False)


def norm(kind, sizes, shape, evaluated=False, **options):
    model = getattr(nn, kind)(*sizes, **options)
    if evaluated:
        for name, b in model.named_buffers():
            if b.is_floating_point():
                b.add_(torch.rand_like(b))
        model.eval()
    where = "evaluated" if evaluated else "trained"
    record(f"{kind} {where} {len(cases)}", kind, model, [R(*shape)], [*sizes], **options)


norm("BatchNorm1d", (3,), (5, 3), momentum=0.3, eps=1e-2)
norm("BatchNorm1d", (3,), (4, 3, 2), affine=False)
norm("BatchNorm1d", (2,), (3, 2), evaluated=True)
norm("BatchNorm2d", (3,), (2, 3, 2, 4), momentum=0.25)
norm("BatchNorm2d", (3,), (1, 3, 2, 2), evaluated=True, eps=1e-3)
norm("BatchNorm2d", (2,), (2, 2, 3, 1), evaluated=True, track_running_stats=False)
norm("GroupNorm", (2, 4), (3, 4, 5), eps=1e-3)
norm("GroupNorm", (3, 6), (2, 6), affine=False)
norm("InstanceNorm1d", (3,), (2, 3, 6), affine=True)
norm("InstanceNorm2d", (2,), (2, 2, 3, 4))
norm("LayerNorm", ([2, 3],), (4, 2, 3), eps=1e-3)
norm("LayerNorm", (4,), (3, 4), elementwise_affine=False)

# attention: a mask that is added, no mask, another context
for bias, masked in [(True, True), (False, False)]:
    model = nn.MultiheadAttention(6, 3, batch_first=True, bias=bias)
    call = lambda x, mask=None: model(x, x, x, attn_mask=mask, need_weights=False)[0]
    inputs = [R(2, 4, 6), R(4, 4)] if masked else [R(2, 4, 6)]
    record(f"attention masked {masked}", "attention", model, inputs, [6, 3], call, bias=bias)

sizes = dict(d_model=4, nhead=2, dim_feedforward=6, activation="gelu", dropout=0.0)
pre = dict(batch_first=True, norm_first=True)
layer = nn.TransformerEncoderLayer(**sizes, **pre).train()
record("encoder layer", "encoder layer", layer, [R(2, 3, 4)], [4, 2, 6])
layer = nn.TransformerDecoderLayer(**sizes, **pre).train()
past = torch.triu(torch.ones(3, 3), 1).bool()
record(
    "decoder layer",
    "decoder layer",
    layer,
    [R(2, 3, 4), R(2, 5, 4)],
    [4, 2, 6],
    lambda x, memory: layer(x, memory, tgt_mask=past),
)


class Translator(nn.Module):
    """Embeddings, learned positions, torch.nn.Transformer, a head"""

    def __init__(self, source, target, context, width):
        super().__init__()
        table = lambda n: nn.ParameterDict(dict(weight=R(n, width)))
        part = lambda n: nn.ModuleDict(dict(embedding=table(n), positions=table(context)))
        self.source, self.target = part(source), part(target)
        layers = dict(num_encoder_layers=2, num_decoder_layers=1)
        inner = nn.Transformer(**{**sizes, "d_model": width}, **layers, **pre)
        self.encoder, self.decoder = inner.encoder, inner.decoder
        self.head = nn.Linear(width, target)

    def embed(self, part, tokens):
        return part["embedding"]["weight"][tokens] + part["positions"]["weight"][: tokens.shape[1]]

    def forward(self, source, target, source_mask, target_mask):
        hidden, future = ~source_mask.bool(), torch.triu(torch.ones(3, 3), 1).bool()
        memory = self.encoder(self.embed(self.source, source), src_key_padding_mask=hidden)
        decoded = self.decoder(
            self.embed(self.target, target),
            memory,
            tgt_mask=future,
            tgt_key_padding_mask=~target_mask.bool(),
            memory_key_padding_mask=hidden,
        )
        return self.head(decoded)


I = lambda rows: torch.tensor(rows)
record(
    "transformer with padding",
    "transformer",
    Translator(5, 7, 6, 4).train(),
    [
        I([[1, 4, 2, 0], [3, 3, 0, 1]]),
        I([[6, 2, 5], [1, 0, 4]]),
        I([[1, 1, 1, 0], [1, 1, 0, 0]]).bool(),
        I([[1, 1, 1], [1, 1, 0]]).bool(),
    ],
    [5, 7, 6, 4],
)


class Block(nn.Module):
    """The bottleneck block with torchvision's names"""

    def __init__(self, inner, outer, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, inner, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, outer, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outer)
        self.downsample = None
        if stride != 1 or channels != outer:
            shortcut = nn.Conv2d(channels, outer, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(outer))

    def forward(self, x):
        h = F.relu(self.bn1(self.conv1(x)))
        h = self.bn3(self.conv3(F.relu(self.bn2(self.conv2(h)))))
        return F.relu(h + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    """The residual network with torchvision's names"""

    def __init__(self, channels, width, blocks, classes, expansion, large):
        super().__init__()
        self.large = large
        kernel, stride, padding = (7, 2, 3) if large else (3, 1, 1)
        self.conv1 = nn.Conv2d(channels, width, kernel, stride, padding, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        before = width
        for s, count in enumerate(blocks):
            inner, stage = width * 2**s, []
            for k in range(count):
                step = 2 if s > 0 and k == 0 else 1
                stage.append(Block(inner, inner * expansion, before, step))
                before = inner * expansion
            setattr(self, f"layer{s + 1}", nn.Sequential(*stage))
        self.stages = len(blocks)
        self.fc = nn.Linear(before, classes)

    def forward(self, x):
        h = F.relu(self.bn1(self.conv1(x)))
        if self.large:
            h = F.max_pool2d(h, 3, 2, 1)
        for s in range(self.stages):
            h = getattr(self, f"layer{s + 1}")(h)
        return self.fc(F.adaptive_avg_pool2d(h, 1).flatten(1))


for large, shape, training in [(False, (2, 2, 4, 4), True), (True, (1, 2, 17, 15), False)]:
    model = ResNet(2, 2, [2, 1], 3, 2, large).train(training)
    name = f"resnet, large stem {large}"
    options = dict(stem="large" if large else "small")
    record(name, "resnet", model, [R(*shape)], [2, 2, 3, 2], blocks=[2, 1], **options)
# running statistics of instance norm, and averages of all batches: two batches went before
def averaged(kind, shape, training=True, **options):
    """Instance norm ignores a momentum of None in PyTorch: there the share of batch k is 1 / k."""
    model = getattr(nn, kind)(shape[1], **options)
    averages = "momentum" in options
    ours = averages and kind.startswith("Instance")

    def call(x):
        if ours and model.training:
            model.num_batches_tracked += 1
            model.momentum = 1 / model.num_batches_tracked.item()
        return model(x)

    for _ in range(2):
        call(R(*shape))
    model.train(training)
    name = f"{kind} {'averaged' if averages else 'tracked'} {len(cases)}"
    record(name, kind, model, [R(*shape)], [shape[1]], call, **options)


for kind, shape in [("BatchNorm1d", (4, 3)), ("BatchNorm2d", (2, 2, 2, 3))]:
    averaged(kind, shape, momentum=None)
tracked = dict(track_running_stats=True)
averaged("InstanceNorm1d", (2, 3, 4), affine=True, **tracked)
averaged("InstanceNorm2d", (3, 2, 2, 3), **tracked)
averaged("InstanceNorm1d", (2, 3, 4), False, **tracked)
averaged("InstanceNorm2d", (3, 2, 2, 3), momentum=None, affine=True, **tracked)
averaged("BatchNorm1d", (4, 3), False, momentum=None)
with open(f"{out}/modules.json", "w") as file:
    json.dump({"torch": torch.__version__, "seed": seed, "dtype": "float64", "cases": cases}, file)
