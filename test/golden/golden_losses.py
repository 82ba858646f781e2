# Golden values of activations, losses and bags of embeddings from PyTorch float64 autograd. Usage:
# golden_losses.py SEED OUTDIR
import torch, json, sys, os
import torch.nn.functional as F

seed = int(sys.argv[1])
out = sys.argv[2]
os.makedirs(out, exist_ok=True)
torch.set_default_dtype(torch.float64)
torch.manual_seed(seed)


def T(t):
    t = t.detach()
    return {
        "shape": list(t.shape),
        "data": [(float(v) if t.is_floating_point() else int(v)) for v in t.reshape(-1)],
    }


cases = []


def case(name, fn, inputs, **options):
    """inputs: name -> floating tensor (differentiable); fn takes them by name, and the options"""
    xs = {k: v.clone().requires_grad_(True) for k, v in inputs.items()}
    y = fn(**xs, **options)
    gy = torch.randn_like(y)
    gs = torch.autograd.grad(y, list(xs.values()), gy, allow_unused=True)
    cases.append(
        {
            "name": name,
            "inputs": {k: T(v) for k, v in xs.items()},
            "options": {k: T(v) if torch.is_tensor(v) else v for k, v in options.items()},
            "output": T(y),
            "grad_output": T(gy),
            "grads": {k: (T(g) if g is not None else None) for k, g in zip(xs, gs)},
        }
    )


R = lambda *s: torch.randn(s)
V = lambda *v: torch.tensor(v)
P = lambda *s: torch.rand(s) + 0.3
I = lambda high, *s: torch.randint(0, high, s)

# activations: drawn, and at their corners and far out
corners = V(-800.0, -6.0, -3.0, -1.0, -0.0, 0.0, 1e-9, 1.0, 3.0, 6.0, 800.0)
for name in ["mish", "selu", "hardswish", "softsign"]:
    f = getattr(F, name)
    case(name, lambda x, f=f: f(x), dict(x=R(3, 5) * 3))
    case("edge_" + name, lambda x, f=f: f(x), dict(x=corners))
# PyTorch's derivative rounds alpha to float32
for k, alpha in enumerate([1.0, 0.25, 2.5]):
    case(f"celu_{k}", lambda x, alpha: F.celu(x, alpha), dict(x=R(3, 5) * 3), alpha=alpha)
case("edge_celu_3", lambda x, alpha: F.celu(x, alpha), dict(x=corners), alpha=0.25)
tanh = lambda x, min, max: F.hardtanh(x, min, max)
case("hardtanh_0", tanh, dict(x=R(3, 5) * 2), min=-1.0, max=1.0)
case("edge_hardtanh_1", tanh, dict(x=corners), min=-3.0, max=1.0)
case("edge_hardtanh_2", tanh, dict(x=corners), min=1.0, max=3.0)
case("prelu_shared", lambda x, slope: F.prelu(x, slope), dict(x=R(2, 3, 4), slope=V(0.25)))
case("prelu_channels", lambda x, slope: F.prelu(x, slope), dict(x=R(2, 3, 4, 2), slope=R(3)))
case("prelu_rows", lambda x, slope: F.prelu(x, slope), dict(x=R(4, 3), slope=R(3)))
case("edge_prelu", lambda x, slope: F.prelu(x, slope), dict(x=corners, slope=V(-0.5)))
for k, (shape, axis) in enumerate([((3, 4), -1), ((6, 3), 0), ((2, 4, 3), 1), ((2, 2, 0), 0)]):
    case(f"glu_{k}", lambda x, axis: F.glu(x, axis), dict(x=R(*shape)), axis=axis)

# cross-entropy: classes on any axis, weights, smoothing, ignored rows, probabilities
def entropy(logits, target, weight, axis, **options):
    """The classes on an axis; PyTorch has them on axis 1, or 0 where there is no batch"""
    options = {k: v for k, v in options.items() if v is not None}
    if torch.is_tensor(weight):
        options["weight"] = weight
    if logits.dim() == 1:
        return F.cross_entropy(logits, target, **options)
    if target.is_floating_point():
        target = target.movedim(axis, 1)
    return F.cross_entropy(logits.movedim(axis, 1), target, **options)


reductions = ["mean", "sum", "none"]
n = 0
for shape, axis in [((5, 4), 1), ((5, 4), -1), ((2, 4, 3), 1), ((2, 3, 4), -1), ((3, 2, 2, 2), 1)]:
    rows = list(shape)
    classes = rows.pop(axis)
    for weighted in [False, True]:
        for smoothing in [0.0, 0.2]:
            labels = I(classes, *rows)
            labels.reshape(-1)[-1] = 1  # which is ignored
            labels.reshape(-1)[0] = 0
            case(
                f"cross_entropy_labels_{n}",
                lambda logits, target, weight, axis, reduction, label_smoothing, ignore_index: (
                    entropy(
                        logits,
                        target,
                        weight,
                        axis,
                        reduction=reduction,
                        label_smoothing=label_smoothing,
                        ignore_index=ignore_index,
                    )
                ),
                dict(logits=R(*shape) * 3),
                target=labels,
                weight=P(classes) if weighted else None,
                axis=axis,
                reduction=reductions[n % 3],
                label_smoothing=smoothing,
                ignore_index=1 if n % 2 else -100,
            )
            case(
                f"cross_entropy_soft_{n}",
                lambda logits, target, weight, axis, reduction, label_smoothing: entropy(
                    logits,
                    target,
                    weight,
                    axis,
                    reduction=reduction,
                    label_smoothing=label_smoothing,
                ),
                dict(logits=R(*shape) * 3, target=F.softmax(R(*shape), axis)),
                weight=P(classes) if weighted else None,
                axis=axis,
                reduction=reductions[(n + 1) % 3],
                label_smoothing=smoothing,
            )
            n += 1


def likelihood(x, target, weight, axis, reduction, ignore_index):
    return F.nll_loss(
        F.log_softmax(x, axis).movedim(axis, 1),
        target,
        weight if torch.is_tensor(weight) else None,
        ignore_index=ignore_index,
        reduction=reduction,
    )


for k, (shape, axis) in enumerate([((6, 4), 1), ((2, 3, 4), -1), ((2, 4, 3), 1)] * 2):
    rows = list(shape)
    classes = rows.pop(axis)
    labels = I(classes, *rows)
    labels.reshape(-1)[:2] = torch.tensor([0, 2])  # which is ignored
    case(
        f"nll_{k}",
        likelihood,
        dict(x=R(*shape)),
        target=labels,
        weight=P(classes) if k > 1 else None,
        axis=axis,
        reduction=reductions[k % 3],
        ignore_index=2,
    )

# losses of elements
smooth = lambda x, target, beta, reduction: F.smooth_l1_loss(
    x, target, beta=beta, reduction=reduction
)
for k, beta in enumerate([1.0, 0.25, 3.0, 0.0]):
    case(
        f"smooth_l1_{k}",
        smooth,
        dict(x=R(3, 4) * 2, target=R(3, 4)),
        beta=beta,
        reduction=reductions[k % 3],
    )
case(
    "edge_smooth_l1_4",
    smooth,
    dict(x=V(-0.5, 0.0, 0.5, 1e8), target=torch.zeros(4)),
    beta=0.5,
    reduction="none",
)


def bce(x, target, weight, pos_weight, reduction):
    given = {"weight": weight, "pos_weight": pos_weight}
    given = {k: v for k, v in given.items() if torch.is_tensor(v)}
    return F.binary_cross_entropy_with_logits(x, target, reduction=reduction, **given)


for k, (weight, pos_weight) in enumerate(
    [(P(4), None), (None, P(4) * 3), (P(3, 1), P(4)), (P(3, 4), P(1)), (None, P(3, 4))]
):
    case(
        f"bce_weighted_{k}",
        bce,
        dict(x=R(3, 4) * 10, target=torch.rand(3, 4)),
        weight=weight,
        pos_weight=pos_weight,
        reduction=reductions[k % 3],
    )
case(
    "edge_bce_weighted_5",
    bce,
    dict(x=V(800.0, -800.0, 0.0), target=V(0.0, 1.0, 1.0)),
    weight=None,
    pos_weight=V(0.0, 2.0, 5.0),
    reduction="none",
)

# losses of vectors
similar = lambda x, y, axis, eps: F.cosine_similarity(x, y, axis, eps)
case("cosine_similarity_0", similar, dict(x=R(3, 4), y=R(3, 4)), axis=1, eps=1e-8)
case("cosine_similarity_1", similar, dict(x=R(3, 4, 2), y=R(3, 4, 2)), axis=-2, eps=1e-8)
# y is shorter than eps and no input: PyTorch's derivative by it is that of a norm above eps
case("cosine_similarity_short", similar, dict(x=R(3, 4)), y=R(3, 4) / 50, axis=0, eps=0.1)
signs = V(1.0, -1.0, -1.0, 1.0, -1.0)
cosine = lambda x, y, target, margin, reduction: F.cosine_embedding_loss(
    x, y, target, margin=margin, reduction=reduction
)
for k, margin in enumerate([0.0, 0.3, -0.4]):
    case(
        f"cosine_embedding_{k}",
        cosine,
        dict(x=R(5, 4), y=R(5, 4)),
        target=signs,
        margin=margin,
        reduction=reductions[k],
    )
case(
    "edge_cosine_embedding_3",
    cosine,
    dict(x=torch.zeros(2, 3), y=V([1.0, 2.0, 3.0], [0.0, 0.0, 0.0])),
    target=V(1.0, -1.0),
    margin=0.0,
    reduction="none",
)
for k, (p, swap) in enumerate([(2.0, False), (2.0, True), (1.0, False), (3.5, True)]):
    case(
        f"triplet_{k}",
        lambda a, b, c, margin, p, eps, swap, reduction: F.triplet_margin_loss(
            a, b, c, margin, p, eps, swap, reduction=reduction
        ),
        dict(a=R(5, 4), b=R(5, 4), c=R(5, 4)),
        margin=0.7,
        p=p,
        eps=1e-6 if k % 2 else 1e-3,
        swap=swap,
        reduction=reductions[k % 3],
    )
case(
    "edge_triplet_4",
    lambda a, b, c, margin, p, eps, swap, reduction: F.triplet_margin_loss(
        a, b, c, margin, p, eps, swap, reduction=reduction
    ),
    dict(a=R(2, 3), b=R(2, 3), c=R(2, 3)),
    margin=5.0,
    p=float("inf"),
    eps=0.0,
    swap=True,
    reduction="none",
)


# bags of tokens: rows of a batch, or offsets, with empty bags
def bag(weight, tokens, offsets, mode, padding, per_sample=None):
    return F.embedding_bag(
        tokens,
        weight,
        torch.tensor(offsets) if offsets else None,
        mode=mode,
        per_sample_weights=per_sample,
        padding_idx=padding,
    )


nine = torch.tensor([2, 0, 5, 2, 2, 1, 4, 0, 3])
k = 0
for mode in ["mean", "sum", "max"]:
    for offsets in [None, [0, 3, 3, 5], [0, 0, 7, 9]]:
        for padding in [None, 2]:
            case(
                f"embedding_bag_{k}",
                bag,
                dict(weight=R(6, 3)),
                tokens=nine if offsets else nine.reshape(3, 3),
                offsets=offsets,
                mode=mode,
                padding=padding,
            )
            k += 1
for offsets in [None, [0, 2, 2]]:
    shape = [2, 3] if offsets is None else [6]
    case(
        f"embedding_bag_{k}",
        bag,
        dict(weight=R(5, 2), per_sample=R(*shape)),
        tokens=I(5, *shape),
        offsets=offsets,
        mode="sum",
        padding=1,
    )
    k += 1
with open(f"{out}/losses.json", "w") as file:
    json.dump(
        {"torch": torch.__version__, "seed": seed, "dtype": "float64", "cases": cases}, file
    )
