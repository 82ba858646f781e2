"""Trains a model of text that TypeScript made, on several processes, for TypeScript to go on with.

    npm run -s spm -- train text --file book.txt --layer rotation --out runs/first
    torchrun --nproc-per-node 2 python/examples/train_ddp.py \\
        runs/first/model.safetensors book.txt --out second.safetensors
    npm run -s spm -- eval second.safetensors

Each process has a replica, on its own GPU where there are any, and a share of every batch;
DistributedDataParallel averages the gradients. With --shard parameters, gradients and moments are
sharded over the processes instead, a GPT's block by block (FSDP2: fully_shard, from PyTorch 2.6 on,
over NCCL, or over gloo on CPUs). All processes draw the same batches and take
their rows of them, so that two learn what one learns, to rounding. Without torchrun set RANK,
WORLD_SIZE, MASTER_ADDR and MASTER_PORT; without these it is one process.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "spm_torch/src"))
try:
    import spm_torch  # noqa: F401
except ImportError as missing:
    sys.exit(f"train_ddp.py: {missing}")

import torch  # noqa: E402
import torch.distributed as dist  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from spm_torch import load, parameter_groups, save, text_task  # noqa: E402
from spm_torch.models import Gpt, TransformerBlock  # noqa: E402
from spm_torch.safetensors import FileError, read  # noqa: E402

try:
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard
except ImportError:
    fully_shard = None


class Text:
    """The characters of a file as tokens: nine tenths to learn from, the rest to test on."""

    def __init__(self, path: Path, vocabulary: str, context: int, whole: bool) -> None:
        token = {character: k for k, character in enumerate(vocabulary)}
        text = path.read_bytes().decode()
        for character in sorted(set(text) - set(token)):
            raise FileError(f"expected characters of the model, got {character!r} in {path}")
        tokens = torch.tensor([token[c] for c in text])
        if len(tokens) < 10 * (context + 1):
            raise FileError(f"expected at least {10 * (context + 1)} characters in {path}")
        cut = int(0.9 * len(tokens))
        self.size, self.context, self.whole = len(vocabulary), context, whole
        self.train, self.test = tokens[:cut], tokens[cut:]

    def samples(self, tokens: Tensor, starts: Tensor) -> tuple[Tensor, Tensor]:
        """What a model reads and the classes that it should say, of windows from `starts` on.

        A GPT reads tokens and says the next after each; an MLP reads one-hot characters and says
        the one after them.
        """
        windows = tokens[starts[:, None] + torch.arange(self.context + 1)]
        if self.whole:
            return windows[:, :-1], windows[:, 1:]
        x = F.one_hot(windows[:, :-1], self.size).float().flatten(1)
        return x, windows[:, -1]

    def draw(self, batch: int, generator: torch.Generator) -> Tensor:
        """Where the windows of a batch start."""
        return torch.randint(len(self.train) - self.context, (batch,), generator=generator)

    def test_starts(self) -> Tensor:
        """Every window of the test part; without overlap for a GPT, which says all of it."""
        step = self.context if self.whole else 1
        return torch.arange(0, len(self.test) - self.context, step)


def reading_of(model: nn.Module, metadata: dict[str, str]) -> tuple[str, int]:
    """The characters in the order of their tokens, and how many of them the model sees."""
    if "spm.task" in metadata:
        task = json.loads(metadata["spm.task"])
        if "vocabulary" not in task:
            raise FileError(f"expected a model of text, got one of {task.get('task')}")
        return task["vocabulary"], task["features"] // task["classes"]
    task = json.loads(metadata.get("config", "{}")).get("gpt")  # of spm experiment charlm
    if task is None or not isinstance(model, Gpt):
        raise FileError("expected a file that says what the model is for, got none")
    return task["vocabulary"], model.fields["context"]


def loss_of(logits: Tensor, y: Tensor, reduction: str = "mean") -> Tensor:
    return F.cross_entropy(logits.flatten(0, -2), y.flatten(), reduction=reduction)


@torch.no_grad()
def test_loss(model: nn.Module, text: Text, device: torch.device, rank: int, world: int) -> float:
    """The mean loss on the test part, of which each process does a share."""
    model.eval()
    total = torch.zeros(2, dtype=torch.float64, device=device)
    for starts in text.test_starts().split(500 * world):
        x, y = text.samples(text.test, starts[rank::world])
        if len(x) > 0 or world > 1:  # sharded models wait for each other
            total[0] += loss_of(model(x.to(device)), y.to(device), "sum")
            total[1] += y.numel()
    if world > 1:
        dist.all_reduce(total)
    return float(total[0] / total[1])


def spread(model: nn.Module, shard: bool, world: int, device: torch.device) -> nn.Module:
    """The model over all processes."""
    if not shard:
        return nn.parallel.DistributedDataParallel(model) if world > 1 else model
    mesh = init_device_mesh(device.type, (world,))
    for module in model.modules():
        if isinstance(module, TransformerBlock):
            fully_shard(module, mesh=mesh)
    fully_shard(model, mesh=mesh)
    return model


def gathered(model: nn.Module, path: Path) -> nn.Module:
    """The model of a file with the parameters of a sharded one, which all processes ask for."""
    from torch.distributed.tensor import DTensor

    def full(p: Tensor) -> Tensor:  # the root's are whole since its last forward
        return (p.full_tensor() if isinstance(p, DTensor) else p).cpu()

    whole = load(path)
    whole.load_state_dict({name: full(p) for name, p in model.named_parameters()})
    return whole


def train(options: argparse.Namespace, rank: int, world: int, device: torch.device) -> None:
    whole = load(options.model)
    vocabulary, context = reading_of(whole, read(options.model)[1])
    text = Text(options.text, vocabulary, context, whole=isinstance(whole, Gpt))
    model = spread(whole.to(device), options.shard, world, device)
    groups = parameter_groups(model, options.weight_decay)
    optimizer = torch.optim.AdamW(groups, lr=options.learning_rate)
    generator = torch.Generator().manual_seed(options.seed)
    before = test_loss(model, text, device, rank, world)
    model.train()
    for _ in range(options.steps):
        x, y = text.samples(text.train, text.draw(options.batch, generator)[rank::world])
        loss = loss_of(model(x.to(device)), y.to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    after = test_loss(model, text, device, rank, world)
    whole = gathered(model, options.model) if options.shard else whole
    if rank == 0:
        is_gpt = isinstance(whole, Gpt)
        task = text_task(options.text, context, vocabulary) if is_gpt else None
        save(whole, options.out, like=options.model, task=task)
        reduced = sum(p.numel() * p.element_size() for p in whole.parameters())
        report = {"processes": world, "before": before, "loss": after, "gradientBytes": reduced}
        print(json.dumps(report), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, help="a file of spm train text, or a GPT of charlm")
    parser.add_argument("text", type=Path, help="the text that it was trained on")
    parser.add_argument("--out", type=Path, required=True, help="where the trained model goes")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch", type=int, default=64, help="of all processes together")
    parser.add_argument("--learning-rate", type=float, default=0.001)
    parser.add_argument("--weight-decay", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shard", action="store_true", help="FSDP2, not DDP")
    options = parser.parse_args()
    rank, world = (int(os.environ.get(name, d)) for name, d in (("RANK", 0), ("WORLD_SIZE", 1)))
    try:
        check(options, world)
        run(options, rank, world)
    except (OSError, FileError) as error:
        sys.exit(f"train_ddp.py: {error}" if rank == 0 else 1)


def check(options: argparse.Namespace, world: int) -> None:
    """Refuses what would fail later."""
    if options.batch < 1 or options.batch % world != 0:
        raise FileError(f"expected --batch of a multiple of {world}, got {options.batch}")
    if not options.out.parent.is_dir():
        raise FileError(f"expected a folder for --out, got {options.out.parent}, which is none")
    if options.shard and fully_shard is None:
        raise FileError(f"expected PyTorch 2.6 or newer for --shard, got {torch.__version__}")
    if options.shard and world == 1:
        raise FileError("expected several processes for --shard, got 1; torchrun starts them")


def run(options: argparse.Namespace, rank: int, world: int) -> None:
    cuda = torch.cuda.is_available()
    device = torch.device(f"cuda:{os.environ.get('LOCAL_RANK', rank)}" if cuda else "cpu")
    if cuda:
        torch.cuda.set_device(device)
    if world > 1:
        dist.init_process_group("nccl" if cuda else "gloo")
    try:
        train(options, rank, world, device)
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


if __name__ == "__main__":
    main()
