#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the reference values of GoldenTest: short trainings by PyTorch in float64 and float32.

Made with Python 3.11 and torch 1.13.1 (Debian 12: apt-get install python3-torch), one thread. No random numbers of torch
are used: data and initial weights come from the generator below, which GoldenTest has, too, or from the digits in the jar.
Run from the top of the project: /usr/bin/python3 src/test/python/golden.py
"""
import gzip
import pathlib

import torch
from torch.nn.functional import cross_entropy, mse_loss

GOLDEN = pathlib.Path("src/test/resources/golden")
DIGITS = pathlib.Path("src/main/resources/dev/lanewise/data/digits.csv.gz")
ROWS = 120


class Numbers:
    """Multiples of 2^-10 in [-1, 1), the same in float32, float64 and Java."""

    def __init__(self, seed):
        self.state = seed

    def integer(self):
        self.state = (self.state * 1103515245 + 12345) % 2**31
        return self.state >> 16 & 0x7FF

    def matrix(self, rows, cols, scale=1.0):
        return [[(self.integer() / 1024 - 1) * scale for _ in range(cols)] for _ in range(rows)]

    def labels(self, rows, classes):
        return [self.integer() % classes for _ in range(rows)]

    def probabilities(self, rows, classes):
        """Multiples of 2^-8 with a sum of 1."""
        table = []
        for _ in range(rows):
            cuts = sorted(self.integer() % 257 for _ in range(classes - 1))
            table.append([(b - a) / 256 for a, b in zip([0] + cuts, cuts + [256])])
        return table


def layers(sizes, seed, dtype, activation=None):
    numbers = Numbers(seed)
    made = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layer = torch.nn.Linear(inputs, outputs, dtype=dtype)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(numbers.matrix(outputs, inputs, 0.25), dtype=dtype))
            layer.bias.copy_(torch.tensor(numbers.matrix(1, outputs, 0.25)[0], dtype=dtype))
        if made and activation:
            made.append(activation())
        made.append(layer)
    return torch.nn.Sequential(*made)


def train(x, y, net, loss, batch, epochs, lr, zero_grad=True, optimizer=torch.optim.SGD, **settings):
    """Batches in order, the last one short; returns the losses of all steps and the final parameters."""
    optimizer = optimizer(net.parameters(), lr=lr, **settings)
    losses = []
    for _ in range(epochs):
        for first in range(0, len(x), batch):
            value = loss(net(x[first:first + batch]), y[first:first + batch])
            if zero_grad:
                optimizer.zero_grad()
            value.backward()
            optimizer.step()
            losses.append(value.item())
    return {"losses": losses, **{name: p.detach().flatten().tolist() for name, p in net.named_parameters()}}


def half_sum(prediction, target):
    return ((prediction - target) ** 2 / 2).sum()


def regression(dtype):
    """Targets near a linear function of the features."""
    numbers = Numbers(1)
    x = numbers.matrix(ROWS, 3)
    noise = numbers.matrix(ROWS, 1, 1 / 64)
    y = [[2 * a - 3.25 * b + 0.5 * c + 4.25 + e[0]] for (a, b, c), e in zip(x, noise)]
    return torch.tensor(x, dtype=dtype), torch.tensor(y, dtype=dtype)


def digits(dtype):
    lines = [[int(field) for field in line.split(",")] for line in gzip.open(DIGITS, "rt")]
    train_rows = [line for i, line in enumerate(lines) if i % 5 != 4][:500]
    return (torch.tensor([line[:64] for line in train_rows], dtype=dtype) / 16,
            torch.tensor([line[64] for line in train_rows]))


def classes(dtype, inputs, outputs, seed):
    numbers = Numbers(seed)
    return torch.tensor(numbers.matrix(ROWS, inputs), dtype=dtype), torch.tensor(numbers.labels(ROWS, outputs))


def probabilities(dtype):
    numbers = Numbers(4)
    x = torch.tensor(numbers.matrix(ROWS, 6), dtype=dtype)
    return x, torch.tensor(numbers.probabilities(ROWS, 4), dtype=dtype)


def outputs(dtype):
    numbers = Numbers(5)
    return (torch.tensor(numbers.matrix(ROWS, 5), dtype=dtype), torch.tensor(numbers.matrix(ROWS, 3), dtype=dtype))


def mlp(dtype, activation, lr, **settings):
    return train(*classes(dtype, 17, 3, 2), layers([17, 20, 9, 3], 16, dtype, activation), cross_entropy, 16, 8, lr,
                 **settings)


CASES = {
    "regression": lambda t: train(*regression(t), layers([3, 1], 10, t), mse_loss, 10, 4, 0.03),
    "regression_without_zero_grad":
        lambda t: train(*regression(t), layers([3, 1], 10, t), mse_loss, 10, 2, 0.003, zero_grad=False),
    "half_squared_sum": lambda t: train(*regression(t), layers([3, 1], 10, t), half_sum, 16, 4, 0.003),
    "outputs": lambda t: train(*outputs(t), layers([5, 3], 11, t), mse_loss, 16, 4, 0.1),
    "digits": lambda t: train(*digits(t), layers([64, 10], 12, t), cross_entropy, 64, 4, 0.1),
    "two_layers": lambda t: train(*classes(t, 17, 3, 2), layers([17, 20, 3], 13, t), cross_entropy, 16, 4, 0.1),
    "classes_sum": lambda t: train(*classes(t, 7, 5, 3), layers([7, 5], 14, t),
                                   lambda p, y: cross_entropy(p, y, reduction="sum"), 16, 4, 0.01),
    "classes_mean_of_none": lambda t: train(*classes(t, 7, 5, 3), layers([7, 5], 14, t),
                                            lambda p, y: cross_entropy(p, y, reduction="none").mean(), 16, 4, 0.1),
    "probabilities": lambda t: train(*probabilities(t), layers([6, 4], 15, t), cross_entropy, 16, 4, 0.1),
    "relu": lambda t: mlp(t, torch.nn.ReLU, 0.1),
    "sigmoid_momentum": lambda t: mlp(t, torch.nn.Sigmoid, 0.1, momentum=0.9),
    "tanh_dampening": lambda t: mlp(t, torch.nn.Tanh, 0.1, momentum=0.9, dampening=0.5),
    "relu_nesterov_decay": lambda t: mlp(t, torch.nn.ReLU, 0.02, momentum=0.9, nesterov=True, weight_decay=0.01),
    "tanh_decay": lambda t: mlp(t, torch.nn.Tanh, 0.1, weight_decay=0.1),
    "maximize": lambda t: train(*outputs(t), layers([5, 3], 11, t), mse_loss, 16, 2, 0.01, momentum=0.5,
                                weight_decay=0.01, maximize=True),
    "relu_adam": lambda t: mlp(t, torch.nn.ReLU, 0.001, optimizer=torch.optim.Adam),
    "tanh_adam_decay": lambda t: mlp(t, torch.nn.Tanh, 0.005, optimizer=torch.optim.Adam, betas=(0.8, 0.95),
                                     eps=1e-4, weight_decay=0.01),
}


def main():
    torch.set_num_threads(1)
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name, case in CASES.items():
        double, single = case(torch.float64), case(torch.float32)
        with open(GOLDEN / (name + ".csv"), "w", encoding="ascii", newline="\n") as out:
            out.write("# written by src/test/python/golden.py with torch " + torch.__version__ + "\n")
            out.write("series,float64,float32\n")
            for series, values in double.items():
                for wide, narrow in zip(values, single[series]):
                    out.write("%s,%.17g,%.9g\n" % (series, wide, narrow))


if __name__ == "__main__":
    main()
