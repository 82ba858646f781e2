# Golden values of core's indexing, einsum, order and rounding from PyTorch float64 autograd, many
# of them drawn at random. Usage: golden_core.py SEED OUTDIR
import torch, json, sys, os, random

seed = int(sys.argv[1])
out = sys.argv[2]
os.makedirs(out, exist_ok=True)
torch.set_default_dtype(torch.float64)
torch.manual_seed(seed)
draw = random.Random(seed)


def T(t):
    t = t.detach()
    return {
        "shape": list(t.shape),
        "data": [(float(v) if t.is_floating_point() else int(v)) for v in t.reshape(-1)],
    }


def plain(v):
    """An option: tensors as shapes and numbers, in lists, too"""
    if torch.is_tensor(v):
        return {**T(v), "mask": v.dtype == torch.bool}
    return [plain(item) for item in v] if isinstance(v, (list, tuple)) else v


cases = []
second = []


def case(name, fn, inputs, options=None):
    """inputs: name -> floating tensor (differentiable); fn takes them in their order"""
    xs = {k: v.clone().requires_grad_(True) for k, v in inputs.items()}
    y = fn(*xs.values())
    gy = torch.randn_like(y)
    gs = [None] * len(xs)
    if y.requires_grad:
        gs = torch.autograd.grad(y, list(xs.values()), gy, allow_unused=True)
    cases.append(
        {
            "name": "core_" + name,
            "inputs": {k: T(v) for k, v in xs.items()},
            "options": {k: plain(v) for k, v in (options or {}).items()},
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
            "name": "core_" + name,
            "x": T(x),
            "y": T(y),
            "grad": T(g),
            "grad_of_sum_sq_grad": T(h),
        }
    )


R = lambda *s: torch.randn(s)
I = lambda *v: torch.tensor(v, dtype=torch.int64)
inf, nan = float("inf"), float("nan")
real = lambda t: t.to(torch.float64)

# einsum: dots, repeated, summed and broadcast letters
for i, (equation, *shapes) in enumerate(
    [
        ("...ij,...jk->...ik", (2, 3, 4), (4, 5)),
        ("...ij,...jk->...ik", (2, 1, 3, 4), (5, 4, 2)),
        ("i...,i...", (3, 2), (3,)),
        ("...ii->...i", (2, 3, 3)),
        ("...ij->...", (2, 3, 4)),
        ("...ij->ij", (2, 3, 4)),
        ("...", ()),
        ("i...j->j...i", (2, 3, 4)),
        ("ijij->ji", (2, 3, 2, 3)),
        ("iii", (3, 3, 3)),
        ("bA", (2, 3)),
        ("ab,bc,cd->", (2, 3), (3, 4), (4, 2)),
        ("ij,ij->j", (1, 3), (2, 3)),
        ("ij,jk", (0, 3), (3, 2)),
        ("ij,jk->ik", (2, 0), (0, 3)),
        ("i,->i", (3,), ()),
    ]
):
    inputs = {f"x{k}": R(*shape) for k, shape in enumerate(shapes)}
    case(f"einsum_{i}", lambda *xs: torch.einsum(equation, *xs), inputs, dict(equation=equation))


def random_einsum():
    sizes = {c: draw.choice([1, 2, 3]) for c in "abcd"}
    dots = [draw.choice([1, 2, 3]) for _ in range(draw.choice([0, 1, 2]))]
    terms, shapes = [], []
    for _ in range(draw.choice([1, 2, 2, 3])):
        letters = [draw.choice("abcd") for _ in range(draw.choice([0, 1, 2, 3]))]
        shape = [sizes[c] for c in letters]
        if letters and len(set(letters)) == len(letters) and draw.random() < 0.2:
            shape[draw.randrange(len(shape))] = 1
        if draw.random() < 0.6:
            at = draw.randrange(len(letters) + 1)
            own = dots[draw.randrange(len(dots) + 1) :]
            letters.insert(at, "...")
            shape[at:at] = [n if draw.random() < 0.8 else 1 for n in own]
        terms.append("".join(letters))
        shapes.append(shape)
    left = ",".join(terms)
    used = sorted(set(left) - set(".,"))
    right = draw.sample(used, draw.randrange(len(used) + 1))
    if "..." in left and draw.random() < 0.8:
        right.insert(draw.randrange(len(right) + 1), "...")
    return (left if draw.random() < 0.3 else left + "->" + "".join(right)), shapes


for i in range(60):
    equation, shapes = random_einsum()
    inputs = {f"x{k}": R(*shape) for k, shape in enumerate(shapes)}
    case(
        f"einsum_random_{i}",
        lambda *xs: torch.einsum(equation, *xs),
        inputs,
        dict(equation=equation),
    )


# indexing by numbers, ranges, tensors and masks; PyTorch, as ours, applies numbers first
def index_case(name, x, index):
    own = tuple(
        ... if i == "..." else slice(i["start"], i["stop"], i["step"]) if isinstance(i, dict) else i
        for i in index
    )
    case("at_" + name, lambda x: x[own], dict(x=x), dict(index=index))


part = lambda start, stop, step=1: dict(start=start, stop=stop, step=step)
x = R(3, 4, 5)
pair = (I(2, 0, 2), I(-1, 0, 3))
for name, index in [
    ("pair", [*pair]),
    ("pair_broadcast", [pair[0].reshape(3, 1), I(1, -2)]),
    ("pair_apart", [pair[0], part(0, 4), pair[1]]),
    ("pair_apart_new", [pair[0], None, pair[1]]),
    ("pair_last", ["...", *pair]),
    ("pair_number", [pair[0], 1, pair[1]]),
    ("pair_range", [part(0, 2), pair[1], I(0, 1, 4)]),
    ("three", [*pair, I(4, 4, 1)]),
    ("scalar_index", [torch.tensor(1), pair[1]]),
    ("empty_index", [I(), I()]),
    ("mask", [x > 0]),
    ("mask_rows", [torch.tensor([True, False, True])]),
    ("mask_columns", [part(0, 3), torch.tensor([False, True, True, False])]),
    ("mask_two_axes", [x[:, :, 0] > 0]),
    ("mask_last_two", ["...", x[0] > 0]),
    ("mask_none", [torch.zeros(3, dtype=torch.bool)]),
    ("mask_and_index", [torch.tensor([True, False, True]), I(1, 3)]),
    ("mask_two_and_index", [x[:, :, 0] > 0, torch.tensor([2])]),
]:
    index_case(name, x, index)


def random_index(shape):
    """PyTorch miscounts numbers, ranges and None behind a mask of several axes: there are none"""
    index, left, wide = [], list(shape), False
    count = draw.choice([1, 2, 3])
    while left:
        n, kind = left[0], draw.uniform(0.3, 0.75) if wide else draw.random()
        if kind < 0.15 and n > 0:
            index.append(draw.randrange(-n, n))
        elif kind < 0.3:
            start = draw.randrange(n + 1)
            index.append(part(start, draw.randrange(start, n + 1), draw.choice([1, 2])))
        elif kind < 0.6:
            size = draw.choice([[count], [1], [2, count], [2, 1]])
            index.append(torch.randint(-n, n, size))
        elif kind < 0.75:
            axes = draw.randrange(1, len(left) + 1)
            mask = torch.zeros(left[:axes], dtype=torch.bool)
            chosen = draw.sample(range(mask.numel()), min(count, mask.numel()))
            mask.reshape(-1)[chosen] = True
            if len(chosen) < count:
                index.append(torch.zeros(count, dtype=torch.int64))
                left = left[1:]
                continue
            index.append(mask)
            left, wide = left[axes - 1 :], wide or axes > 1
        elif kind < 0.85:
            index.append(None)
            continue
        elif "..." not in index and kind < 0.95:
            index.append("...")
            left = left[draw.randrange(1, len(left) + 1) - 1 :]
        elif "..." in index:
            continue
        else:
            break
        left = left[1:]
    return index


for i in range(60):
    shape = [draw.choice([1, 2, 3, 4]) for _ in range(draw.choice([1, 2, 3, 4]))]
    index_case(f"random_{i}", R(*shape), random_index(shape))

# slices by ids
for i, (shape, axis, ids, segments) in enumerate(
    [
        ((4,), 0, I(1, 0, 1, 3), 5),
        ((5, 3), 0, I(2, 2, 0, 2, 1), 3),
        ((2, 4, 3), 1, I(3, 0, 3, 3), 4),
        ((2, 3), -1, I(1, 1, 0), 2),
        ((0, 3), 0, I(), 2),
        ((2, 0), 0, I(0, 1), 2),
    ]
):
    x = R(*shape)
    into = list(shape)
    into[axis] = segments
    case(
        f"segment_sum_{i}",
        lambda x: torch.zeros(into).index_add(axis, ids, x),
        dict(x=x),
        dict(ids=ids, segments=segments, axis=axis),
    )
    case(
        f"index_add_{i}",
        lambda x, src: x.index_add(axis, ids, src),
        dict(x=R(*into), src=x),
        dict(index=ids, axis=axis),
    )

for i, (shift, axis) in enumerate([(1, 0), (-2, 1), (7, -1), ([1, -2], [0, 1]), (4, None), (0, 0)]):
    case(
        f"roll_{i}",
        lambda x: torch.roll(x, shift, axis) if axis is not None else torch.roll(x, shift),
        dict(x=R(3, 4)),
        dict(shift=shift, axis=axis),
    )
case("roll_empty", lambda x: torch.roll(x, 1, 0), dict(x=R(0, 2)), dict(shift=1, axis=0))
for i, counts in enumerate([[2], [2, 3], [2, 1, 2], [0, 2], []]):
    case(f"tile_{i}", lambda x: torch.tile(x, counts), dict(x=R(2, 3)), dict(counts=counts))
for i, (times, axis) in enumerate([(2, 0), (3, -1), ([1, 0, 2], 1), (2, None), (0, 0)]):
    count = torch.tensor(times)
    case(
        f"repeat_{i}",
        lambda x: torch.repeat_interleave(x, count, axis),
        dict(x=R(2, 3)),
        dict(times=times, axis=axis),
    )

ends = torch.tensor([0.5, 1.5, 2.5, -0.5, -1.5, -0.2, 0.0, 7.0, 2.0**52 + 1, inf, -inf])
for f in ["floor", "ceil", "round"]:
    case(f, lambda x: getattr(torch, f)(x), dict(x=3 * R(3, 4)))
    case(f + "_ends", lambda x: getattr(torch, f)(x), dict(x=ends))
    case(f + "_scalar", lambda x: getattr(torch, f)(x), dict(x=R()))
    case(f + "_empty", lambda x: getattr(torch, f)(x), dict(x=R(0, 2)))
odd = torch.tensor([1.0, nan, inf, -inf, 0.0])
case("is_nan", lambda x: real(torch.isnan(x)), dict(x=odd))
case("is_finite", lambda x: real(torch.isfinite(x)), dict(x=odd))

for descending in [False, True]:
    for axis in [0, -1]:
        case(
            f"sort_{axis}_{descending}",
            lambda x: torch.sort(x, axis, descending)[0],
            dict(x=R(3, 4)),
            dict(axis=axis, descending=descending),
        )
    case(
        f"argsort_ties_{descending}",
        lambda x: real(torch.sort(x, stable=True, dim=0, descending=descending)[1]),
        dict(x=torch.tensor([2.0, 1.0, nan, 2.0, -inf, 1.0, inf, -0.0, 0.0])),
        dict(axis=0, descending=descending),
    )
    case(
        f"sort_empty_{descending}",
        lambda x: torch.sort(x, 0, descending)[0],
        dict(x=R(0, 2)),
        dict(axis=0, descending=descending),
    )
for k, axis in [(2, -1), (0, 0), (3, 0)]:
    case(
        f"topk_{k}_{axis}",
        lambda x: torch.topk(x, k, axis)[0],
        dict(x=R(3, 4)),
        dict(k=k, axis=axis),
    )

# of the second order: gather, scatter, einsum, where, and what is made of them
where = I(2, 0, 2, 1)
second_order("take", lambda x: x[where] ** 3 * x, R(4, 3))
second_order("gather", lambda x: torch.gather(x, 1, I(0, 2, 2).reshape(3, 1)) ** 3, R(3, 3))
second_order("segment_sum", lambda x: torch.zeros(3, 3).index_add(0, where, x**2) ** 2, R(4, 3))
second_order("einsum", lambda x: torch.einsum("...ij,kj->...ik", x**2, x[0]) ** 2, R(2, 3, 3))
second_order("diagonal", lambda x: torch.einsum("...ii->i", x**3) ** 2, R(2, 3, 3))
second_order("where", lambda x: torch.where(x > 0, x.exp(), x**3), R(5))
second_order("pairs", lambda x: x[where, I(1, -1, 1, 0)] ** 3, R(3, 2))
second_order("mask", lambda x: (x[x > 0] ** 3).cumsum(0), R(3, 4))
second_order("roll", lambda x: torch.roll(x, 1, 0) * x**3, R(4))
second_order("sort", lambda x: torch.sort(x**3)[0] * torch.arange(1.0, 6.0), R(5))

about = {"torch": torch.__version__, "dtype": "float64"}
for name, items in [("core", cases), ("core_second_order", second)]:
    with open(f"{out}/{name}.json", "w") as file:
        json.dump({**about, "cases": items}, file)
print(len(cases), "cases of core", len(second), "of the second order")
