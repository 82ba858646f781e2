# Trajectories of optimizers with unusual settings, of L-BFGS, and schedules, from PyTorch in
# float64. Usage: golden_optim.py SEED OUTDIR
import torch, json, sys, os, warnings

seed = int(sys.argv[1])
out = sys.argv[2]
os.makedirs(out, exist_ok=True)
torch.set_default_dtype(torch.float64)
torch.manual_seed(seed)
warnings.simplefilter("ignore")
O, S = torch.optim, torch.optim.lr_scheduler


def T(t):
    return {"shape": list(t.shape), "data": t.detach().reshape(-1).tolist()}


optimizers = []
A = torch.randn(4, 4)
A = A @ A.T / 4 + torch.eye(4)


def run(name, make, **options):
    """Six steps on a quadratic with a sine; gradients are recorded, so that they are given"""
    w = torch.randn(4).requires_grad_()
    optimizer = make([w], **options)
    params, grads = [T(w)], []
    for _ in range(6):
        optimizer.zero_grad()
        (0.5 * w @ A @ w + torch.sin(w).sum()).backward()
        grads.append(T(w.grad))
        optimizer.step()
        params.append(T(w))
    optimizers.append({"name": name, "options": options, "grads": grads, "params": params})


run("sgd_dampening", O.SGD, lr=0.1, momentum=0.9, dampening=0.4)
run("sgd_dampening_decay", O.SGD, lr=0.1, momentum=0.5, dampening=0.9, weight_decay=0.3)
run("sgd_maximize", O.SGD, lr=0.1, maximize=True)
run(
    "sgd_maximize_all",
    O.SGD,
    lr=0.1,
    momentum=0.7,
    dampening=0.2,
    weight_decay=0.1,
    maximize=True,
)
run("sgd_maximize_nesterov", O.SGD, lr=0.1, momentum=0.7, nesterov=True, maximize=True)
run("adam_maximize", O.Adam, lr=0.05, weight_decay=0.2, maximize=True)
run("adam_maximize_amsgrad", O.Adam, lr=0.05, betas=(0.5, 0.9), amsgrad=True, maximize=True)
run("adamw_maximize", O.AdamW, lr=0.05, weight_decay=0.2, maximize=True)
run("rmsprop_maximize", O.RMSprop, lr=0.05, momentum=0.3, maximize=True)
run("adagrad_maximize", O.Adagrad, lr=0.05, lr_decay=0.1, maximize=True)
run("adamax_maximize", O.Adamax, lr=0.05, weight_decay=0.1, maximize=True)

searches = []


def valley(x):
    """Rosenbrock's function along a chain"""
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def bowl(x):
    return (x.cosh() * torch.arange(1.0, len(x) + 1)).sum() + (x.sum() - 1) ** 2


def search(loss, steps, start=None, **options):
    """Steps of L-BFGS on two parameters, joined; with the loss at each and all evaluations"""
    u = torch.randn(2, 2)
    v = torch.randn(3)
    if start is not None:
        u, v = torch.full((2, 2), start), torch.full((3,), start)
    u, v = u.requires_grad_(), v.requires_grad_()
    optimizer = O.LBFGS([u, v], **options)

    def closure():
        optimizer.zero_grad()
        value = loss(torch.cat([u.reshape(-1), v]))
        value.backward()
        return value

    trajectory, losses, evaluations = [[T(u), T(v)]], [], []
    for _ in range(steps):
        losses.append(float(optimizer.step(closure)))
        trajectory.append([T(u), T(v)])
        evaluations.append(optimizer.state[u]["func_evals"])
    searches.append(
        {
            "name": f"lbfgs_{len(searches)}_{loss.__name__}",
            "loss": loss.__name__,
            "options": options,
            "params": trajectory,
            "losses": losses,
            "evaluations": evaluations,
        }
    )


wolfe = dict(line_search_fn="strong_wolfe")
search(bowl, 3, lr=0.1, max_iter=4)
search(bowl, 3)
search(bowl, 4, lr=0.5, max_iter=3, history_size=2)
search(bowl, 2, lr=0.3, max_iter=9, max_eval=4)
search(bowl, 3, max_iter=5, **wolfe)
search(bowl, 2, lr=30.0, max_iter=3, **wolfe)
search(bowl, 2, lr=0.01, max_iter=3, **wolfe)
search(bowl, 3, tolerance_grad=0.5, **wolfe)
search(bowl, 3, tolerance_change=0.2, **wolfe)
search(bowl, 2, start=0.0, tolerance_grad=100.0)
search(valley, 2, max_iter=6, **wolfe)
search(valley, 3, lr=0.7, max_iter=2, history_size=1, **wolfe)
search(valley, 3, lr=100.0, max_iter=3, **wolfe)
search(bowl, 2, lr=300.0, max_iter=3, **wolfe)
search(valley, 3, lr=1e-3, max_iter=2)
search(valley, 2, start=1.0)

schedulers = []


def schedule(name, make, options, base=0.1, steps=14):
    w = torch.zeros(1, requires_grad=True)
    optimizer = O.SGD([w], lr=base, momentum=0.9)
    scheduler = make(optimizer)
    lrs = []
    for _ in range(steps):
        lrs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    schedulers.append({"name": name, "base_lr": base, "options": options, "lrs": lrs})


for options in [
    dict(base_lr=0.02, max_lr=0.1, step_size_up=3),
    dict(base_lr=0.0, max_lr=0.5, step_size_up=2, step_size_down=4),
    dict(base_lr=0.01, max_lr=0.1, step_size_up=2, step_size_down=1, mode="triangular2"),
    dict(base_lr=0.01, max_lr=0.1, step_size_up=1, step_size_down=4, mode="exp_range", gamma=0.8),
]:
    schedule("cyclic", lambda o: S.CyclicLR(o, **options), options)
schedule(
    "chained",
    lambda o: S.ChainedScheduler(
        [S.ConstantLR(o, factor=0.25, total_iters=3), S.ExponentialLR(o, gamma=0.9)]
    ),
    dict(factor=0.25, total_iters=3, gamma=0.9),
)
schedule(
    "chained_lines",
    lambda o: S.ChainedScheduler(
        [S.LinearLR(o, 0.5, 0.8, total_iters=4), S.StepLR(o, step_size=3, gamma=0.5)]
    ),
    dict(start_factor=0.5, end_factor=0.8, total_iters=4, step_size=3, gamma=0.5),
)
schedule(
    "sequential",
    lambda o: S.SequentialLR(
        o,
        [
            S.LinearLR(o, 0.1, 1.0, total_iters=4),
            S.ExponentialLR(o, gamma=0.7),
            S.CosineAnnealingLR(o, T_max=5, eta_min=0.01),
        ],
        milestones=[4, 8],
    ),
    dict(start_factor=0.1, total_iters=4, gamma=0.7, t_max=5, eta_min=0.01, milestones=[4, 8]),
)
with open(f"{out}/optim_settings.json", "w") as file:
    json.dump(
        {
            "torch": torch.__version__,
            "seed": seed,
            "optimizers": optimizers,
            "schedulers": schedulers,
            "searches": searches,
        },
        file,
    )
