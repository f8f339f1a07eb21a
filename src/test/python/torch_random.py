#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the reference values of TorchRandomTest and TorchInitTest: random numbers, initial weights and shuffles by PyTorch.

Made with Python 3.11 and torch 1.13.1 (Debian 12: apt-get install python3-torch) on a CPU with AVX2. Each line is a name and
numbers; floats are given by their bits in hexadecimal. Run from the top of the project:
/usr/bin/python3 src/test/python/torch_random.py
"""
import pathlib

import numpy
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

TARGET = pathlib.Path("src/test/resources/expected/torch-random.txt")
SEEDS = [0, 1, 42, 2**32 - 1, 2**32 + 5, -1]
lines = []


def write(name, values):
    if torch.is_tensor(values):
        values = values.detach().flatten().numpy()
    if isinstance(values, numpy.ndarray) and values.dtype == numpy.float32:
        values = [f"{v:08X}" for v in values.view(numpy.uint32)]
    lines.append(name + " " + " ".join(str(v) for v in values))


def streams():
    for seed in SEEDS:
        torch.manual_seed(seed)
        write(f"seed {seed}", [torch.empty((), dtype=torch.int64).random_().item() for _ in range(3)])
        write(f"rand {seed}", torch.rand(5))
        write(f"perm {seed}", torch.randperm(20).tolist())
        write(f"normal {seed}", torch.randn(3))
        write(f"spare {seed}", torch.randn(1))
        write(f"after {seed}", torch.rand(2))


def ranges():
    for low, high in [(-0.1, 0.3), (-1 / 28, 1 / 28), (0, 0), (5, 1e6), (-1e-42, 1e-42)]:
        torch.manual_seed(7)
        write(f"uniform {low!r} {high!r}", torch.empty(40).uniform_(low, high))
    for n in [1, 2, 15, 16, 17, 31, 32, 33, 100]:
        for mean, std in [(0, 1), (0, 0.01), (0.5, 2)]:
            torch.manual_seed(11)
            write(f"normal_ {n} {mean} {std}", torch.empty(n).normal_(mean, std))


def digest(values):
    result = 0
    for value in values:
        result = (result * 31 + int(value)) % 2**32
    return result


def permutations():
    """Of the long ones the last entries and a hash are kept."""
    for n in [0, 1, 2, 3, 10, 1000, 60000]:
        torch.manual_seed(n + 3)
        order = torch.randperm(n).tolist()
        write(f"randperm {n}", [digest(order)] + order[-10:])
    torch.manual_seed(12)
    write("randn 100003", [digest(torch.randn(100003).numpy().view(numpy.uint32))])


def layers():
    nets = {"linear 3 4": nn.Linear, "linear 784 10": nn.Linear}
    for name, kind in nets.items():
        torch.manual_seed(5)
        layer = kind(*(int(word) for word in name.split()[1:]))
        write(name + " weight", layer.weight[-1])
        write(name + " bias", layer.bias)
    torch.manual_seed(6)
    net = nn.Sequential(nn.Linear(9, 33), nn.ReLU(), nn.Linear(33, 5, bias=False), nn.Sequential(nn.Linear(5, 2)))
    for name, parameter in net.named_parameters():
        write("sequential " + name, parameter[-1] if parameter.dim() == 2 else parameter)


def initializers():
    weight = torch.empty(20, 7)
    for name, init in {
        "xavier_uniform": lambda: nn.init.xavier_uniform_(weight),
        "xavier_uniform_gain": lambda: nn.init.xavier_uniform_(weight, gain=nn.init.calculate_gain("tanh")),
        "xavier_normal": lambda: nn.init.xavier_normal_(weight),
        "xavier_normal_gain": lambda: nn.init.xavier_normal_(weight, gain=2.5),
        "kaiming_uniform": lambda: nn.init.kaiming_uniform_(weight),
        "kaiming_uniform_relu": lambda: nn.init.kaiming_uniform_(weight, mode="fan_out", nonlinearity="relu"),
        "kaiming_uniform_leaky": lambda: nn.init.kaiming_uniform_(weight, a=0.2),
        "kaiming_normal": lambda: nn.init.kaiming_normal_(weight),
        "kaiming_normal_selu": lambda: nn.init.kaiming_normal_(weight, mode="fan_out", nonlinearity="selu"),
        "kaiming_normal_sigmoid": lambda: nn.init.kaiming_normal_(weight, nonlinearity="sigmoid"),
        "uniform": lambda: nn.init.uniform_(weight),
        "normal": lambda: nn.init.normal_(weight),
    }.items():
        torch.manual_seed(8)
        init()
        write("init " + name, weight)


def loaders():
    rows = torch.arange(13)
    torch.manual_seed(9)
    shuffled = DataLoader(TensorDataset(rows), batch_size=4, shuffle=True)
    plain = DataLoader(TensorDataset(rows), batch_size=4)
    for epoch in range(3):
        write(f"loader {epoch}", [row for batch in shuffled for row in batch[0].tolist()])
        list(plain)
    write("loader after", torch.rand(2))
    own = torch.Generator()
    own.manual_seed(10)
    with_own = DataLoader(TensorDataset(rows), batch_size=4, shuffle=True, generator=own)
    for epoch in range(2):
        write(f"own {epoch}", [row for batch in with_own for row in batch[0].tolist()])


for part in (streams, ranges, permutations, layers, initializers, loaders):
    part()
TARGET.write_text("\n".join(["# by src/test/python/torch_random.py with torch " + torch.__version__] + lines) + "\n")
