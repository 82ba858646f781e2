# Golden values of linear algebra from PyTorch float64 autograd. Usage: golden_linalg.py SEED OUTDIR
import json
import os
import sys

import torch

seed = int(sys.argv[1])
out = sys.argv[2]
os.makedirs(out, exist_ok=True)
torch.set_default_dtype(torch.float64)
torch.manual_seed(seed)
L = torch.linalg
cases = []


def T(t):
    t = t.detach()
    return {"shape": list(t.shape), "data": [float(v) for v in t.reshape(-1)]}


def case(name, fn, inputs, options=None):
    """The name up to its first dot is the op; inputs are differentiable."""
    xs = {k: v.clone().requires_grad_(True) for k, v in inputs.items()}
    y = fn(*xs.values())
    gy = torch.randn_like(y)
    gs = torch.autograd.grad(y, list(xs.values()), gy, allow_unused=True)
    cases.append(
        {
            "name": name,
            "inputs": {k: T(v) for k, v in xs.items()},
            "options": options or {},
            "output": T(y),
            "grad_output": T(gy),
            "grads": {k: (T(g) if g is not None else None) for k, g in zip(xs, gs)},
        }
    )


R = lambda *s: torch.randn(s)
flat = lambda *ts: torch.cat([t.reshape(-1) for t in ts])
sym = lambda x: x + x.mT
spd = lambda x: x @ x.mT + torch.eye(x.shape[-1])
eye = torch.eye

# Square: 1×1, an empty batch, a batch of [2, 3], one that broadcasts, sizes up to 9.
squares = {"1x1": (1, 1), "3x3": (3, 3), "9x9": (9, 9), "batch": (2, 3, 4, 4), "empty": (0, 3, 3)}
for at, s in squares.items():
    n = s[-1]
    near = R(*s) + 2 * eye(n)
    case(f"linalg_solve.{at}", L.solve, dict(a=near, b=R(*s[:-1], 2)))
    case(f"linalg_inverse.{at}", L.inv, dict(a=near))
    case(f"linalg_det.{at}", L.det, dict(a=R(*s)))
    case(f"linalg_slogdet.{at}", lambda a: flat(*L.slogdet(a)), dict(a=R(*s)))
    case(f"linalg_cholesky.{at}", lambda x: L.cholesky(spd(x)), dict(x=R(*s)))
    case(
        f"linalg_cholesky_upper.{at}",
        lambda x: L.cholesky(spd(x), upper=True),
        dict(x=R(*s)),
    )
    # The sign of each eigenvector is anybody's: their squares.
    case(
        f"linalg_eigh.{at}",
        lambda x: flat(L.eigh(sym(x))[0], L.eigh(sym(x))[1] ** 2),
        dict(x=R(*s)),
    )
    case(f"linalg_matrix_exp.{at}", torch.matrix_exp, dict(a=R(*s)))
    for upper in (False, True):
        for left in (True, False):
            for unit in (False, True):
                case(
                    f"linalg_triangular.{at}_{upper}_{left}_{unit}",
                    lambda a, b: L.solve_triangular(
                        a.triu() if upper else a.tril(),
                        b,
                        upper=upper,
                        left=left,
                        unitriangular=unit,
                    ),
                    dict(a=0.5 * R(*s) + 2 * eye(n), b=R(*s)),
                    dict(upper=upper, left=left, unitriangular=unit),
                )
case("linalg_solve.vector", L.solve, dict(a=R(3, 3) + 2 * eye(3), b=R(3)))
case("linalg_solve.vectors", L.solve, dict(a=R(2, 3, 3) + 2 * eye(3), b=R(2, 3)))
case("linalg_solve.broadcast", L.solve, dict(a=R(2, 1, 3, 3) + 2 * eye(3), b=R(4, 3, 2)))
case("linalg_solve.no_columns", L.solve, dict(a=R(3, 3), b=R(3, 0)))
case("linalg_solve.pivots", L.solve, dict(a=torch.tensor([[0.0, 2], [3, 1]]), b=R(2, 2)))
case(
    "linalg_solve_right.batch",
    lambda a, b: L.solve(a, b, left=False),
    dict(a=R(2, 3, 3) + 2 * eye(3), b=R(2, 4, 3)),
)
case("linalg_eigh.upper", lambda x: L.eigvalsh(sym(x), UPLO="U"), dict(x=R(4, 4)))
case("linalg_matrix_exp.large", torch.matrix_exp, dict(a=4 * R(5, 5)))
case("linalg_matrix_exp.zero", torch.matrix_exp, dict(a=torch.zeros(3, 3)))
case("linalg_matrix_exp.nilpotent", torch.matrix_exp, dict(a=R(4, 4).triu(1)))

# Any shape: tall, wide, a row, a column, batches.
shapes = {
    "square": (4, 4),
    "tall": (5, 3),
    "wide": (3, 5),
    "row": (1, 4),
    "column": (4, 1),
    "batch": (2, 3, 4, 3),
    "empty": (0, 4, 3),
}
for at, s in shapes.items():
    k = min(s[-2:])
    case(f"linalg_qr.{at}", lambda a: flat(*L.qr(a)), dict(a=R(*s)))
    case(f"linalg_lu.{at}", lambda a: flat(*L.lu(a)), dict(a=R(*s)))
    case(
        f"linalg_svd.{at}",
        lambda a: flat(*(x**2 for x in L.svd(a, full_matrices=False))),
        dict(a=R(*s)),
    )
    case(f"linalg_pinv.{at}", L.pinv, dict(a=R(*s)))
    if s[0] > 0:
        case(
            f"linalg_lstsq.{at}",
            lambda a, b: L.lstsq(a, b).solution,
            dict(a=R(*s), b=R(*s[:-1], 2)),
        )
    for order in ("fro", "nuc", 1, -1, 2, -2, torch.inf, -torch.inf):
        shown = str(order).replace("-", "minus_")
        case(
            f"linalg_matrix_norm.{at}_{shown}",
            lambda a: L.matrix_norm(a, ord=order),
            dict(a=R(*s)),
            dict(ord=order),
        )
case("linalg_qr_complete.wide", lambda a: flat(*L.qr(a, mode="complete")), dict(a=R(3, 5)))
case(
    "linalg_pinv.rank_2",
    lambda a, b: L.pinv(a @ b, rtol=1e-6),
    dict(a=R(4, 2), b=R(2, 3)),
    dict(rtol=1e-6),
)
for order in (0, 0.5, 1, 2, 3, -1, torch.inf, -torch.inf):
    case(
        f"linalg_vector_norm.{order}",
        lambda x: L.vector_norm(x, ord=order, dim=1),
        dict(x=R(3, 5)),
        dict(ord=order, axis=1),
    )

with open(os.path.join(out, "linalg.json"), "w") as file:
    json.dump({"torch": torch.__version__, "seed": seed, "dtype": "float64", "cases": cases}, file)
print(len(cases), "cases")
