# Golden values of layers from PyTorch float64 autograd. Usage: golden_layers.py SEED OUTDIR
import torch, json, sys, os, math
import torch.nn as nn
import torch.nn.functional as F

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


def case(name, fn, inputs, **options):
    """inputs: name -> floating tensor (differentiable); options: what ours are called"""
    xs = {k: v.clone().requires_grad_(True) for k, v in inputs.items()}
    y = fn(**xs)
    gy = torch.randn_like(y)
    gs = torch.autograd.grad(y, list(xs.values()), gy)
    cases.append(
        {
            "name": "layers_" + name,
            "inputs": {k: T(v) for k, v in xs.items()},
            "options": {k: (T(v) if torch.is_tensor(v) else v) for k, v in options.items()},
            "output": T(y),
            "grad_output": T(gy),
            "grads": {k: T(g) for k, g in zip(xs, gs)},
        }
    )


R = lambda *s: torch.randn(s)
inf = float("inf")

# convolution: dilation, groups, "same", strides that leave a rest, kernels of different sizes
for nm, shape, w, o in [
    ("conv1d_dilated", (2, 3, 9), (4, 3, 3), dict(dilation=3, padding=2)),
    ("conv1d_groups", (2, 4, 7), (6, 2, 2), dict(groups=2, stride=2)),
    ("conv1d_depthwise", (1, 3, 8), (6, 1, 3), dict(groups=3, padding=1)),
    ("conv1d_same", (2, 2, 6), (3, 2, 4), dict(padding="same")),
    ("conv1d_same_dilated", (2, 2, 7), (3, 2, 4), dict(padding="same", dilation=2)),
    ("conv1d_unbatched", (3, 6), (2, 3, 3), dict(padding=1)),
    ("conv1d_one", (1, 1, 1), (1, 1, 1), dict()),
    ("conv2d_dilated", (2, 2, 7, 6), (3, 2, 3, 2), dict(dilation=[2, 3], padding=[1, 2])),
    ("conv2d_groups", (2, 4, 5, 6), (4, 2, 2, 3), dict(groups=2, stride=[2, 1], padding=[0, 1])),
    ("conv2d_depthwise", (2, 3, 5, 4), (3, 1, 3, 3), dict(groups=3, padding=1, stride=2)),
    ("conv2d_same", (1, 2, 5, 4), (2, 2, 2, 3), dict(padding="same", dilation=[1, 2])),
    ("conv2d_unbatched", (2, 5, 4), (4, 1, 2, 2), dict(groups=2, dilation=2)),
    ("conv2d_1x1", (2, 3, 2, 3), (5, 3, 1, 1), dict(stride=2)),
]:
    f = F.conv1d if nm.startswith("conv1d") else F.conv2d
    o_ = {k: tuple(v) if isinstance(v, list) else v for k, v in o.items()}
    case(
        nm,
        lambda x, weight, bias, f=f, o=o_: f(x, weight, bias, **o),
        dict(x=R(*shape), weight=R(*w), bias=R(w[0])),
        **o,
    )
for nm, shape, w, o in [
    ("conv_transpose1d_plain", (2, 3, 4), (3, 2, 3), dict()),
    ("conv_transpose1d_stride", (2, 3, 4), (3, 2, 3), dict(stride=3, padding=1, output_padding=2)),
    (
        "conv_transpose1d_dilated",
        (1, 2, 5),
        (2, 3, 3),
        dict(dilation=3, padding=2, output_padding=2),
    ),
    ("conv_transpose1d_groups", (2, 4, 3), (4, 2, 2), dict(groups=2, stride=2)),
    ("conv_transpose1d_unbatched", (2, 3), (2, 1, 4), dict(stride=2, padding=1)),
    ("conv_transpose1d_one", (1, 1, 1), (1, 1, 1), dict(stride=2, output_padding=1)),
    (
        "conv_transpose2d_odd",
        (2, 3, 3, 2),
        (3, 2, 3, 2),
        dict(stride=[2, 3], padding=[1, 0], output_padding=[1, 2]),
    ),
    ("conv_transpose2d_groups", (1, 4, 3, 3), (4, 3, 2, 3), dict(groups=2, dilation=[2, 1])),
    ("conv_transpose2d_depthwise", (2, 3, 2, 4), (3, 1, 4, 4), dict(groups=3, stride=2, padding=1)),
    ("conv_transpose2d_unbatched", (2, 3, 2), (2, 2, 2, 2), dict(stride=2)),
]:
    f = F.conv_transpose1d if "1d" in nm else F.conv_transpose2d
    o_ = {k: tuple(v) if isinstance(v, list) else v for k, v in o.items()}
    width = w[1] * o.get("groups", 1)
    case(
        nm,
        lambda x, weight, bias, f=f, o=o_: f(x, weight, bias, **o),
        dict(x=R(*shape), weight=R(*w), bias=R(width)),
        **o,
    )

# pooling: ceil mode with and without a last window that is left out, dilation, counted padding
for nm, shape, o in [
    ("max_pool1d_ceil", (2, 3, 8), dict(size=3, ceil_mode=True)),
    ("max_pool1d_ceil_left_out", (1, 2, 5), dict(size=2, stride=3, padding=1, ceil_mode=True)),
    ("max_pool1d_dilated", (2, 2, 9), dict(size=3, stride=2, dilation=2, padding=1)),
    ("max_pool2d_ceil", (2, 2, 5, 6), dict(size=[2, 3], stride=2, padding=1, ceil_mode=True)),
    ("max_pool2d_dilated", (1, 2, 7, 8), dict(size=2, dilation=[3, 2], ceil_mode=True)),
    ("avg_pool1d_ceil", (2, 3, 8), dict(size=3, ceil_mode=True)),
    ("avg_pool1d_ceil_padded", (2, 2, 7), dict(size=4, stride=3, padding=2, ceil_mode=True)),
    (
        "avg_pool1d_not_counted",
        (2, 2, 7),
        dict(size=4, stride=3, padding=2, ceil_mode=True, count_include_pad=False),
    ),
    ("avg_pool2d_ceil", (1, 2, 6, 5), dict(size=[3, 2], stride=2, padding=1, ceil_mode=True)),
    (
        "avg_pool2d_not_counted",
        (2, 1, 5, 6),
        dict(size=3, stride=2, padding=1, count_include_pad=False),
    ),
]:
    f = getattr(F, nm[:10])
    o_ = {k: tuple(v) if isinstance(v, list) else v for k, v in o.items()}
    o_["kernel_size"] = o_.pop("size")
    case(nm, lambda x, f=f, o=o_: f(x, **o), dict(x=R(*shape)), **o)
for nm, shape, size in [
    ("adaptive_max_pool1d_uneven", (2, 3, 7), 3),
    ("adaptive_max_pool1d_more", (1, 2, 3), 5),
    ("adaptive_max_pool2d_uneven", (2, 2, 5, 7), [3, 2]),
    ("adaptive_max_pool2d_one", (1, 3, 4, 5), 1),
    ("adaptive_avg_pool1d_uneven", (2, 3, 7), 3),
    ("adaptive_avg_pool1d_more", (1, 2, 3), 5),
    ("adaptive_avg_pool2d_uneven", (2, 2, 5, 7), [3, 2]),
    ("adaptive_avg_pool2d_one", (1, 3, 4, 5), 1),
]:
    f = getattr(F, nm[: nm.index("pool") + 6])
    size_ = tuple(size) if isinstance(size, list) else size
    case(nm, lambda x, f=f, s=size_: f(x, s), dict(x=R(*shape)), size=size)
case(
    "adaptive_max_pool2d_ties",
    lambda x: F.adaptive_max_pool2d(x, 2),
    dict(x=torch.tensor([[[[1.0, 2.0, 2.0], [2.0, 0.0, 2.0], [2.0, 2.0, 1.0]]]])),
    size=2,
)

# another size: up, down, by a factor that is no fraction of two, corners aligned
for nm, shape, o in [
    ("interpolate_nearest", (2, 2, 4), dict(size=7)),
    ("interpolate_nearest_down", (2, 2, 7), dict(size=3)),
    ("interpolate_nearest_factor", (1, 2, 5), dict(scale_factor=1.7)),
    ("interpolate_nearest_2d", (1, 2, 3, 4), dict(size=[9, 10])),
    ("interpolate_nearest_2d_factors", (1, 2, 3, 4), dict(scale_factor=[3.0, 0.6])),
    ("interpolate_linear", (2, 2, 4), dict(size=7, mode="linear")),
    ("interpolate_linear_down", (2, 2, 7), dict(size=3, mode="linear")),
    ("interpolate_linear_corners", (2, 2, 4), dict(size=7, mode="linear", align_corners=True)),
    ("interpolate_linear_to_one", (2, 2, 4), dict(size=1, mode="linear", align_corners=True)),
    ("interpolate_linear_from_one", (2, 2, 1), dict(size=3, mode="linear", align_corners=True)),
    ("interpolate_linear_factor", (1, 2, 5), dict(scale_factor=1.7, mode="linear")),
    ("interpolate_bilinear", (2, 2, 3, 4), dict(size=[7, 5], mode="bilinear")),
    ("interpolate_bilinear_factor", (1, 2, 3, 4), dict(scale_factor=2.0, mode="bilinear")),
    (
        "interpolate_bilinear_corners",
        (1, 2, 3, 4),
        dict(scale_factor=[2.5, 0.75], mode="bilinear", align_corners=True),
    ),
]:
    o_ = {k: tuple(v) if isinstance(v, list) else v for k, v in o.items()}
    case(nm, lambda x, o=o_: F.interpolate(x, **o), dict(x=R(*shape)), **o)

# norms: over several axes, without weights, groups, instances, unusual ε
case(
    "layer_norm_two_axes",
    lambda x, weight, bias: F.layer_norm(x, (3, 4), weight, bias, 1e-3),
    dict(x=R(2, 3, 4), weight=R(3, 4), bias=R(3, 4)),
    eps=1e-3,
)
case(
    "layer_norm_plain",
    lambda x: F.layer_norm(x, (2, 5), eps=0.1),
    dict(x=R(3, 2, 5)),
    eps=0.1,
    shape=[2, 5],
)
case(
    "group_norm_pairs",
    lambda x, weight, bias: F.group_norm(x, 3, weight, bias, 1e-2),
    dict(x=R(2, 6, 3, 2), weight=R(6), bias=R(6)),
    groups=3,
    eps=1e-2,
)
case("group_norm_plain", lambda x: F.group_norm(x, 2), dict(x=R(3, 4)), groups=2, eps=1e-5)
case(
    "instance_norm_weighted",
    lambda x, weight, bias: F.instance_norm(x, weight=weight, bias=bias, eps=1e-4),
    dict(x=R(2, 3, 5), weight=R(3), bias=R(3)),
    eps=1e-4,
)
case("instance_norm_images", lambda x: F.instance_norm(x), dict(x=R(2, 3, 2, 4)), eps=1e-5)


# attention by its definition: additive masks, a scale, grouped queries
def attend(q, k, v, mask=None, scale=None, causal=False):
    heads = q.shape[-3]
    k, v = [t.repeat_interleave(heads // t.shape[-3], -3) for t in (k, v)]
    scores = q @ k.transpose(-1, -2) * (scale or 1 / math.sqrt(q.shape[-1]))
    if mask is not None:
        scores = scores + mask
    if causal:
        rows, columns = scores.shape[-2:]
        past = torch.ones(rows, columns).tril(columns - rows).bool()
        scores = scores.masked_fill(~past, -inf)
    return scores.softmax(-1) @ v


holes = torch.where(torch.rand(2, 1, 3, 6) > 0.6, -inf, 0.0)
holes[..., 0] = 0.0
case(
    "sdpa_scale",
    lambda q, k, v: attend(q, k, v, scale=0.3),
    dict(q=R(1, 2, 3, 4), k=R(1, 2, 5, 4), v=R(1, 2, 5, 3)),
    scale=0.3,
)
case(
    "sdpa_additive",
    attend,
    dict(q=R(2, 2, 3, 4), k=R(2, 2, 5, 4), v=R(2, 2, 5, 3), mask=R(2, 1, 3, 5)),
)
case(
    "sdpa_additive_holes",
    lambda q, k, v: attend(q, k, v, holes),
    dict(q=R(2, 2, 3, 4), k=R(2, 2, 6, 4), v=R(2, 2, 6, 3)),
    holes=[[int(h == 0) for h in row] for row in holes.reshape(6, 6).tolist()],
)
case(
    "sdpa_grouped",
    lambda q, k, v: attend(q, k, v, causal=True),
    dict(q=R(2, 4, 3, 5), k=R(2, 2, 6, 5), v=R(2, 2, 6, 2)),
    causal=True,
    grouped=True,
)
case(
    "sdpa_grouped_one",
    attend,
    dict(q=R(2, 3, 4), k=R(1, 5, 4), v=R(1, 5, 2)),
    grouped=True,
)
with open(f"{out}/layers.json", "w") as file:
    json.dump({"torch": torch.__version__, "seed": seed, "dtype": "float64", "cases": cases}, file)
