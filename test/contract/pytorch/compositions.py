# Values of PyTorch's functions that are compositions here: names.txt. Usage: OUTFILE
import json
import math
import os
import sys

import torch

torch.set_default_dtype(torch.float64)
L, S, F = torch.linalg, torch.special, torch.nn.functional
D = torch.tensor

x = D([[0.3, -1.2, 2.4], [1.7, 0.4, -0.6]])
y = D([[1.1, 0.7, -0.2], [0.9, -1.5, 2.0]])
a = D([[2.0, 0.3, -0.5], [0.1, 1.5, 0.4], [-0.7, 0.2, 1.8]])
c = a @ a.T + torch.eye(3)
k = torch.arange(1.0, 49.0)
zz = D([[[0.5, -1.0], [2.0, 0.3], [-0.4, 0.0]], [[1.5, 0.2], [0.1, -0.8], [0.9, 0.0]]])
z = D([[1.0, 0.0], [0.5, -1.5], [2.0, 0.7], [-0.3, 0.4]])
r = torch.sin(torch.arange(16.0)).reshape(4, 2, 2) + 2 * torch.eye(4).reshape(4, 2, 2)
inputs = dict(
    x=x,
    y=y,
    p=D([[0.5, 1.5, 2.5], [0.2, 0.8, 3.1]]),
    u=D([[0.1, 0.55, 0.9], [0.3, 0.6, 0.2]]),
    p1=D([[0.2, 0.45, 0.7], [0.35, 0.9, 0.15]]),
    v=D([1.0, 2.0, 3.5]),
    w=D([0.5, -1.0, 2.0]),
    a=a,
    c=c,
    l=torch.linalg.cholesky(c),
    bm=torch.cos(k[:18]).reshape(2, 3, 3),
    t=torch.sin(k[:24]).reshape(2, 3, 4),
    img=torch.cos(2 * k[:32]).reshape(1, 2, 4, 4),
    k1=torch.sin(3 * k[:18]).reshape(3, 2, 3),
    k2=torch.cos(3 * k[:24]).reshape(2, 3, 2, 2),
    r=r,
    z=z,
    zz=zz,
    odd=D([1.5, math.inf, -math.inf, math.nan, -2.0]),
    gaps=D([[1.0, math.nan, 2.0], [0.5, 0.25, math.nan]]),
    signs=D([[1.0, -1.0, 1.0], [-1.0, -1.0, 1.0]]),
    mask=D([[True, False, True], [False, True, True]]),
    ints=D([[1, 2, 3], [4, 5, 0]], dtype=torch.int32),
    ints2=D([[2, 0], [1, 1]], dtype=torch.int32),
    index=D([2, 0, 1], dtype=torch.int32),
    next=D([1, 2, 0], dtype=torch.int32),
    after=D([2, 0, 1], dtype=torch.int32),
    labels=D([0, 2], dtype=torch.int32),
)
names = dict(inputs)
names.update(torch=torch, math=math, L=L, S=S, F=F)
names.update(zc=torch.view_as_complex(z), zzc=torch.view_as_complex(zz))
names.update(masked=lambda name, x, dim: getattr(torch.masked, name)(x, dim, mask=names["mask"]))


def T(t):
    t = torch.view_as_real(t.resolve_conj()) if t.is_complex() else t
    data = [float(v) for v in t.reshape(-1)]
    return {"shape": list(t.shape), "data": [v if math.isfinite(v) else str(v) for v in data]}


values = {}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "names.txt")
for line in open(path, encoding="utf8"):
    name, *rest = line.rstrip("\n").split(" :: ")
    if len(rest) != 2:
        continue
    try:
        value = eval(rest[1], names)
    except Exception as error:
        print(name, rest[1], repr(error)[:300])
        continue
    values[name] = [T(v) for v in (value if isinstance(value, (tuple, list)) else [value])]
dtypes = {torch.float64: "float64", torch.int32: "int32", torch.bool: "bool"}
given = {key: {"dtype": dtypes[t.dtype], **T(t)} for key, t in inputs.items()}
with open(sys.argv[1], "w") as file:
    json.dump({"torch": torch.__version__, "inputs": given, "values": values}, file)
