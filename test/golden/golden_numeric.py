# Golden values of @spm/numeric from PyTorch float64 autograd. Usage: golden_numeric.py SEED OUTDIR
import torch, json, sys, os
import torch.distributions as D

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
second = []


def case(name, fn, inputs, consts=None):
    """inputs: name -> floating tensor (differentiable); consts: numbers and integer tensors"""
    xs = {k: v.clone().requires_grad_(True) for k, v in inputs.items()}
    y = fn(*xs.values(), **(consts or {}))
    gy = torch.randn_like(y)
    gs = [None] * len(xs)
    if y.requires_grad:
        gs = torch.autograd.grad(y, list(xs.values()), gy, allow_unused=True)
    cases.append(
        {
            "name": "numeric_" + name,
            "inputs": {k: T(v) for k, v in xs.items()},
            "options": {k: (T(v) if torch.is_tensor(v) else v) for k, v in (consts or {}).items()},
            "output": T(y),
            "grad_output": T(gy),
            "grads": {k: (T(g) if g is not None else None) for k, g in zip(xs, gs)},
        }
    )


def second_order(name, fn, x):
    """sum(fn(x)), its gradient, and the gradient of the sum of squares of that"""
    x = x.clone().requires_grad_(True)
    y = fn(x).sum()
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    (h,) = torch.autograd.grad((g * g).sum(), x)
    second.append(
        {
            "name": "numeric_" + name,
            "x": T(x),
            "y": T(y),
            "grad": T(g),
            "grad_of_sum_sq_grad": T(h),
        }
    )


R = lambda *s: torch.randn(s)
P = lambda *s: torch.rand(s) * 2 + 0.3
U = lambda *s: torch.rand(s) * 1.8 - 0.9
I = lambda *v: torch.tensor(v, dtype=torch.int64)
inf = float("inf")

unary = [
    ("tan", torch.tan, R),
    ("asin", torch.asin, U),
    ("acos", torch.acos, U),
    ("atan", torch.atan, R),
    ("sinh", torch.sinh, R),
    ("cosh", torch.cosh, R),
    ("asinh", torch.asinh, R),
    ("acosh", torch.acosh, lambda *s: 1 + P(*s)),
    ("atanh", torch.atanh, U),
    ("log2", torch.log2, P),
    ("log10", torch.log10, P),
    ("exp2", torch.exp2, R),
    ("trunc", torch.trunc, lambda *s: 4 * R(*s)),
    ("lgamma", torch.lgamma, P),
    ("log_ndtr", torch.special.log_ndtr, R),
]
for nm, f, draw in unary:
    case(nm, f, dict(x=draw(3, 5)))
    case(nm + "_scalar", f, dict(x=draw()))
    case(nm + "_empty", f, dict(x=draw(0, 3)))
    if nm != "trunc":
        second_order(nm, f, draw(5))
for nm, f, v in [
    ("asinh_far", torch.asinh, [2.0**-40, -(2.0**-40), 2.0**40, -(2.0**40)]),
    ("acosh_far", torch.acosh, [1 + 2.0**-20, 2.0**40]),
    ("atanh_far", torch.atanh, [2.0**-40, 1 - 2.0**-20, -(2.0**-40)]),
    ("sinh_far", torch.sinh, [2.0**-40, 20.0, -20.0]),
    ("cosh_far", torch.cosh, [2.0**-40, 20.0, -20.0]),
    ("asin_far", torch.asin, [2.0**-40, 1 - 2.0**-20]),
    ("acos_far", torch.acos, [2.0**-40, 1 - 2.0**-20, 2.0**-20 - 1]),
    ("atan_far", torch.atan, [2.0**-40, 2.0**40, -(2.0**40)]),
    ("lgamma_far", torch.lgamma, [1e-3, 8.999, 9.0, 9.001, 50.0]),
    ("log_ndtr_far", torch.special.log_ndtr, [-2.2, -2.0, -10.0, 3.0]),
    ("trunc_halves", torch.trunc, [-1.5, -0.5, 0.5, 1.5, inf, -inf]),
]:
    case(nm, f, dict(x=torch.tensor(v)))

binary = [
    ("atan2", torch.atan2, R),
    ("hypot", torch.hypot, R),
    ("logaddexp", torch.logaddexp, R),
    ("remainder", torch.remainder, lambda *s: 3 * R(*s)),
    ("xlogy", torch.xlogy, P),
]
for nm, f, draw in binary:
    case(nm, f, dict(a=draw(3, 4), b=draw(4)))
    case(nm + "_column", f, dict(a=draw(3, 1), b=draw(2, 1, 4)))
    case(nm + "_empty", f, dict(a=draw(0, 4), b=draw(4)))
case(
    "logaddexp_far",
    torch.logaddexp,
    dict(a=torch.tensor([800.0, -900.0]), b=torch.tensor([799.0, -901.0])),
)
case(
    "remainder_signs",
    torch.remainder,
    dict(a=torch.tensor([7.0, -7.0, 7.0, -7.0, 6.5]), b=torch.tensor([3.0, 3.0, -3.0, -3.0, 0.25])),
)
case(
    "lerp",
    lambda a, b, weight: torch.lerp(a, b, weight),
    dict(a=R(3, 4), b=R(3, 4)),
    dict(weight=0.3),
)
case(
    "lerp_beyond",
    lambda a, b, weight: torch.lerp(a, b, weight),
    dict(a=R(3), b=R(3)),
    dict(weight=1.75),
)
case("lerp_tensor", lambda a, b, w: torch.lerp(a, b, w), dict(a=R(3, 4), b=R(3, 4), w=R(3, 4)))

for k in [0, 1, -2]:
    case(
        f"diag_vector_{k}",
        lambda x, diagonal: torch.diag(x, diagonal),
        dict(x=R(3)),
        dict(diagonal=k),
    )
    case(
        f"diag_matrix_{k}",
        lambda x, diagonal: torch.diag(x, diagonal),
        dict(x=R(3, 5)),
        dict(diagonal=k),
    )
    case(
        f"diag_embed_{k}",
        lambda x, diagonal: torch.diag_embed(x, diagonal),
        dict(x=R(2, 3)),
        dict(diagonal=k),
    )
diagonal = lambda x, offset, axis1, axis2: torch.diagonal(x, offset, axis1, axis2)
for i, (o, a, b) in enumerate([(0, 0, 1), (1, 0, 2), (-1, -1, 0), (9, 1, 2), (-2, 2, 1)]):
    case(f"diagonal_{i}", diagonal, dict(x=R(2, 3, 4)), dict(offset=o, axis1=a, axis2=b))
case("trace", torch.trace, dict(x=R(3, 5)))
case(
    "meshgrid_ij",
    lambda a, b, c: torch.meshgrid(a, b, c, indexing="ij")[1],
    dict(a=R(2), b=R(3), c=R(4)),
)
case(
    "meshgrid_xy",
    lambda a, b, c: torch.meshgrid(a, b, c, indexing="xy")[0],
    dict(a=R(2), b=R(3), c=R(4)),
)
case(
    "tensordot_2",
    lambda a, b, count: torch.tensordot(a, b, count),
    dict(a=R(2, 3, 4), b=R(3, 4, 5)),
    dict(count=2),
)
case(
    "tensordot_0",
    lambda a, b, count: torch.tensordot(a, b, count),
    dict(a=R(2), b=R(3)),
    dict(count=0),
)
case(
    "tensordot_axes",
    lambda a, b, of_a, of_b: torch.tensordot(a, b, (of_a, of_b)),
    dict(a=R(2, 3, 4), b=R(4, 5, 2)),
    dict(of_a=[-1, 0], of_b=[0, 2]),
)
case("kron", torch.kron, dict(a=R(2, 3), b=R(3, 2)))
case("kron_ranks", torch.kron, dict(a=R(2), b=R(3, 2)))

for ax in [0, -1]:
    case(f"cumprod_{ax}", lambda x, axis: torch.cumprod(x, axis), dict(x=R(3, 5)), dict(axis=ax))
    case(f"cummax_{ax}", lambda x, axis: torch.cummax(x, axis)[0], dict(x=R(3, 5)), dict(axis=ax))
    case(f"cummin_{ax}", lambda x, axis: torch.cummin(x, axis)[0], dict(x=R(3, 5)), dict(axis=ax))
case(
    "cumprod_zeros",
    lambda x, axis: torch.cumprod(x, axis),
    dict(x=torch.tensor([2.0, 0.0, 3.0, 0.0, 4.0])),
    dict(axis=0),
)
case(
    "cummax_ties",
    lambda x, axis: torch.cummax(x, axis)[0],
    dict(x=torch.tensor([1.0, 1.0, 0.0, 2.0, 2.0])),
    dict(axis=0),
)
case(
    "cummax_where",
    lambda x, axis: torch.cummax(x, axis)[1].to(torch.float64),
    dict(x=torch.tensor([1.0, 1.0, 0.0, 2.0, 2.0])),
    dict(axis=0),
)
second_order("cumprod", lambda x: torch.cumprod(x, 0), R(5))

search = lambda sorted, values, right: torch.searchsorted(sorted, values, right=right).to(
    torch.float64
)
row = torch.tensor([-1.0, 0.0, 0.0, 2.0, 5.0])
for right in [False, True]:
    case(
        f"searchsorted_{right}",
        search,
        dict(sorted=row, values=torch.tensor([[-2.0, -1.0, 0.0], [1.0, 5.0, 6.0]])),
        dict(right=right),
    )
    case(
        f"searchsorted_rows_{right}",
        search,
        dict(sorted=torch.sort(R(2, 7))[0], values=R(2, 3)),
        dict(right=right),
    )


def bincount(w, x, minlength):
    y = torch.zeros(minlength).index_add(0, x, w)  # torch.bincount has no derivative
    assert torch.equal(y.detach(), torch.bincount(x, w.detach(), minlength))
    return y


case("bincount", bincount, dict(w=R(5)), dict(x=I(0, 3, 3, 1, 0), minlength=6))
case(
    "unique",
    lambda x: torch.unique(x.detach()),
    dict(x=torch.tensor([[3.0, 1.0, 3.0], [2.0, 1.0, -1.0]])),
)
case(
    "unique_counts",
    lambda x: torch.unique(x.detach(), return_counts=True)[1].to(torch.float64),
    dict(x=torch.tensor([3.0, 1.0, 3.0])),
)
case(
    "unique_inverse",
    lambda x: torch.unique(x.detach(), return_inverse=True)[1].to(torch.float64),
    dict(x=torch.tensor([[3.0, 1.0], [3.0, 0.0]])),
)
case(
    "nonzero",
    lambda x: torch.nonzero(x).to(torch.float64),
    dict(x=torch.tensor([[3.0, 0.0], [0.0, -1.0]])),
)
mask = torch.rand(3, 4) > 0.5
case(
    "masked_select",
    lambda x, mask: torch.masked_select(x, mask.bool()),
    dict(x=R(3, 4)),
    dict(mask=mask.to(torch.int64)),
)
case(
    "masked_select_row",
    lambda x, mask: torch.masked_select(x, mask.bool()),
    dict(x=R(3, 4)),
    dict(mask=I(1, 0, 0, 1)),
)
case(
    "masked_fill",
    lambda x, mask, value: torch.masked_fill(x, mask.bool(), value),
    dict(x=R(3, 4)),
    dict(mask=mask.to(torch.int64), value=-2.5),
)

scatter = lambda x, src, index, axis: x.scatter(axis, index, src)
case(
    "scatter_set",
    scatter,
    dict(x=R(4, 3), src=R(2, 3)),
    dict(index=torch.tensor([[0, 2, 1], [3, 0, 0]]), axis=0),
)
case(
    "scatter_set_smaller",
    scatter,
    dict(x=R(4, 5), src=R(2, 3)),
    dict(index=torch.tensor([[4, 2, 1], [3, 0, 2]]), axis=-1),
)
for nm, reduce in [("add", "sum"), ("mean", "mean"), ("max", "amax")]:
    for own in [True, False]:
        f = lambda x, src, index, axis, own, reduce=reduce: x.scatter_reduce(
            axis, index, src, reduce, include_self=own
        )
        options = dict(index=torch.tensor([[0, 0, 3], [3, 0, 3]]), axis=1, own=own)
        case(f"scatter_{nm}_{own}", f, dict(x=R(2, 4), src=R(2, 3)), options)
ties = dict(x=torch.tensor([1.0, 5.0, 3.0]), src=torch.tensor([4.0, 4.0, 5.0, 1.0]))
case(
    "scatter_max_ties",
    lambda x, src, index, axis, own: x.scatter_reduce(axis, index, src, "amax", include_self=own),
    ties,
    dict(index=I(0, 0, 1, 2), axis=0, own=True),
)

real = torch.view_as_real
for n in [1, 2, 3, 5, 6, 7, 8, 12, 31, 100]:
    z = R(2, n, 2)
    case(f"fft_{n}", lambda x: real(torch.fft.fft(torch.view_as_complex(x))), dict(x=z))
    case(f"ifft_{n}", lambda x: real(torch.fft.ifft(torch.view_as_complex(x))), dict(x=z))
    case(f"rfft_{n}", lambda x: real(torch.fft.rfft(x)), dict(x=R(2, n)))
    case(
        f"irfft_{n}",
        lambda x, n: torch.fft.irfft(torch.view_as_complex(x), n),
        dict(x=R(2, n // 2 + 1, 2)),
        dict(n=n),
    )
case(
    "irfft_cut",
    lambda x, n: torch.fft.irfft(torch.view_as_complex(x), n),
    dict(x=R(6, 2)),
    dict(n=5),
)
case(
    "irfft_padded",
    lambda x, n: torch.fft.irfft(torch.view_as_complex(x), n),
    dict(x=R(2, 2)),
    dict(n=9),
)

case(
    "bernoulli_log_prob",
    lambda p, x: D.Bernoulli(p).log_prob(x.to(torch.float64)),
    dict(p=torch.rand(3) * 0.8 + 0.1),
    dict(x=I(0, 1, 1)),
)
case(
    "categorical_log_prob",
    lambda logits, x: D.Categorical(logits=logits).log_prob(x),
    dict(logits=R(3, 4)),
    dict(x=I(0, 3, 1)),
)
case(
    "categorical_log_prob_many",
    lambda logits, x: D.Categorical(logits=logits).log_prob(x),
    dict(logits=R(4)),
    dict(x=torch.tensor([[0, 3], [1, 1]])),
)
case(
    "exponential_log_prob",
    lambda x, rate: D.Exponential(rate).log_prob(x),
    dict(x=P(3, 4), rate=P(4)),
)
case(
    "gamma_log_prob",
    lambda x, a, b: D.Gamma(a, b).log_prob(x),
    dict(x=P(3, 4), a=4 * P(3, 4), b=P(4)),
)
case(
    "beta_log_prob",
    lambda x, a, b: D.Beta(a, b).log_prob(x),
    dict(x=torch.rand(4) * 0.8 + 0.1, a=P(4), b=4 * P(4)),
)
simplex = torch.softmax(R(2, 4), -1)
case("dirichlet_log_prob", lambda a, x: D.Dirichlet(a).log_prob(x), dict(a=P(2, 4), x=simplex))
case(
    "multinomial_log_prob",
    lambda p, x: D.Multinomial(int(x.sum(-1).max()), p, validate_args=False).log_prob(
        x.to(torch.float64)
    ),
    dict(p=P(3)),
    dict(x=torch.tensor([[1, 0, 4], [2, 2, 1]])),
)
case(
    "normal_log_prob",
    lambda x, mean, deviation: D.Normal(mean, deviation).log_prob(x),
    dict(x=R(3, 4), mean=R(4), deviation=P(3, 4)),
)


def log_mass(low, high):
    flip = low > 0
    low, high = torch.where(flip, -high, low), torch.where(flip, -low, high)
    top, bottom = torch.special.log_ndtr(high), torch.special.log_ndtr(low)
    return top + torch.log1p(-torch.exp(bottom - top))


def truncated(x, mean, deviation, low, high):
    mass = log_mass((low - mean) / deviation, (high - mean) / deviation)
    return D.Normal(mean, deviation).log_prob(x) - mass


for low, high in [(-1.0, 2.0), (3.0, 4.0), (-6.0, -2.5)]:
    inside = dict(x=low + (high - low) * torch.rand(3), mean=0.3 * R(3), deviation=P(3))
    case(f"truncated_normal_log_prob_{low}", truncated, inside, dict(low=low, high=high))


def choice(w, x, replacement):
    chosen = w[x]
    left = w.sum() if replacement else w.sum() - (chosen.cumsum(-1) - chosen)
    return (chosen.log() - left.log()).sum(-1)


for again in [True, False]:
    case(
        f"choice_log_prob_{again}",
        choice,
        dict(w=P(4)),
        dict(x=torch.tensor([[0, 2, 3], [1, 0, 2]]), replacement=again),
    )

about = {"torch": torch.__version__, "dtype": "float64"}
for name, items in [("numeric", cases), ("numeric_second_order", second)]:
    with open(f"{out}/{name}.json", "w") as file:
        json.dump({**about, "cases": items}, file)
print(len(cases), "numeric cases", len(second), "of the second order")
