# Golden values of recurrent networks and cells from PyTorch float64 autograd, with their state
# dicts. Usage: golden_recurrent.py SEED OUTDIR
import torch, json, sys, os
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

seed = int(sys.argv[1])
out = sys.argv[2]
os.makedirs(out, exist_ok=True)
torch.set_default_dtype(torch.float64)
torch.manual_seed(seed)


def T(t):
    t = t.detach()
    return {"shape": list(t.shape), "data": t.reshape(-1).tolist()}


cases = []
R = lambda *s: torch.randn(s)


def record(name, options, model, x, starts, results, **more):
    """The results of a call, and the derivatives of their products with cotangents"""
    cotangents = [torch.randn_like(y) for y in results]
    names, weights = zip(*model.named_parameters())
    total = sum((y * g).sum() for y, g in zip(results, cotangents))
    grads = torch.autograd.grad(total, [x, *starts, *weights])
    split = 1 + len(starts)
    cases.append(
        {
            "name": name,
            "options": options,
            "state_dict": {n: T(w) for n, w in zip(names, weights)},
            "x": T(x),
            "start": [T(s) for s in starts],
            **more,
            "results": [T(y) for y in results],
            "cotangents": [T(g) for g in cotangents],
            "input_grads": [T(g) for g in grads[:split]],
            "grads": {n: T(g) for n, g in zip(names, grads[split:])},
        }
    )


def network(kind, width=3, batch=3, time=4, lengths=None, given=True, **options):
    model = getattr(nn, kind)(2, width, batch_first=True, **options)
    x = R(batch, time, 2).requires_grad_()
    directions = 2 if options.get("bidirectional") else 1
    shape = (options.get("num_layers", 1) * directions, batch, width)
    count = 2 if kind == "LSTM" else 1
    starts = [R(*shape).requires_grad_() for _ in range(count)] if given else []
    hx = (tuple(starts) if count == 2 else starts[0]) if given else None
    if lengths is None:
        y, ends = model(x, hx)
    else:
        packed = pack_padded_sequence(x, torch.tensor(lengths), True, enforce_sorted=False)
        y, ends = model(packed, hx)
        y, _ = pad_packed_sequence(y, batch_first=True, total_length=time)
    results = [y, *(ends if count == 2 else [ends])]
    name = f"recurrent_{len(cases)}_{kind}"
    record(name, options, model, x, starts, results, kind=kind, width=width, lengths=lengths)


for kind in ["RNN", "LSTM", "GRU"]:
    network(kind)
    network(kind, given=False, bias=False)
    network(kind, num_layers=3, width=2)
    network(kind, bidirectional=True, batch=1, time=1)
    network(kind, num_layers=2, bidirectional=True, width=2)
    network(kind, lengths=[2, 4, 1], given=False)
    network(kind, num_layers=2, bidirectional=True, lengths=[3, 1, 2], time=5)
network("RNN", nonlinearity="relu", num_layers=2, bidirectional=True, lengths=[4, 2, 3])


def cell(kind, **options):
    model = getattr(nn, kind + "Cell")(2, 3, **options)
    x = R(4, 2).requires_grad_()
    count = 2 if kind == "LSTM" else 1
    starts = [R(4, 3).requires_grad_() for _ in range(count)]
    ends = model(x, tuple(starts) if count == 2 else starts[0])
    results = [*(ends if count == 2 else [ends])]
    name = f"recurrent_{len(cases)}_{kind}Cell"
    record(name, options, model, x, starts, results, kind=kind + "Cell", width=3, lengths=None)


for kind in ["RNN", "LSTM", "GRU"]:
    cell(kind)
    cell(kind, bias=False)
cell("RNN", nonlinearity="relu")
with open(f"{out}/recurrent.json", "w") as file:
    json.dump({"torch": torch.__version__, "seed": seed, "cases": cases}, file)
