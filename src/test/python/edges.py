#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes PyTorch's values and gradients of layers and losses at extreme inputs, for EdgeTest: as golden.py writes runs.

Each part is computed in float64 and float32 of the same float32 inputs: `value` and `gradient` (of the sum of the
values, for layers weighted by the table `upstream`). Run from the top of the project:
    /usr/bin/python3 src/test/python/edges.py
"""
import pathlib
import platform
import sys

import numpy
import torch

sys.dont_write_bytecode = True  # no __pycache__ among the sources
import golden

EDGES = pathlib.Path("src/test/resources/edges")
INF, NAN = float("inf"), float("nan")
VALUES = [-INF, -3e38, -1e4, -104, -88.5, -20.5, -6, -3, -1, -0.5, -0.001, -1e-40, -0.0, 0.0, 1e-40, 0.001, 0.5, 1, 3,
          6, 6.5, 20, 20.5, 88.5, 104, 1e4, 3e38, INF, NAN]
ROWS = [[0, 0, 0], [1e4, 0, -1e4], [-1e4, -9999, -9998], [3e38, -3e38, 0], [3e38, 3e38, 3e38], [0.5, -INF, 1.5],
        [-INF, -INF, 2], [-INF, -INF, -INF], [1, INF, 2], [INF, INF, INF], [INF, -INF, 0], [NAN, 1, 2], [1, 2, NAN],
        [0, -104, 0], [0, -87.5, -1], [2, 2, 1], [-0.0, 0.0, -0.0]]
FINITE = [row for row in ROWS if numpy.isfinite(row).all()]


def part(name, **settings):
    return name, settings


ELEMENTWISE = [part("ReLU"), part("LeakyReLU"), part("LeakyReLU", negative_slope=0.5), part("ELU"),
               part("ELU", alpha=0.5), part("SELU"), part("GELU"), part("GELU", approximate="tanh"), part("SiLU"),
               part("Softplus"), part("Softplus", beta=3.0, threshold=1.0), part("Mish"), part("Sigmoid"),
               part("LogSigmoid"), part("Tanh"), part("Hardtanh"), part("Hardtanh", min_val=-0.5, max_val=3.0),
               part("ReLU6"), part("Flatten")]
ROWWISE = [part("Softmax", dim=1), part("LogSoftmax", dim=1)]
NUMBERS = [part("MSELoss"), part("HalfSquaredLoss"), part("L1Loss"), part("SmoothL1Loss"),
           part("SmoothL1Loss", beta=0.5), part("HuberLoss"), part("HuberLoss", delta=3.0)]
BITS = [part("BCEWithLogitsLoss"), part("BCEWithLogitsLoss", pos_weight=[3.0, 0.5, 2.0]),
        part("BCEWithLogitsLoss", weight=[0.0, 2.0, 1.0])]
CLASSES = [part("CrossEntropyLoss"), part("CrossEntropyLoss", weight=[0.5, 0.0, 2.0]),
           part("CrossEntropyLoss", label_smoothing=0.1), part("CrossEntropyLoss", ignore_index=1),
           part("CrossEntropyLoss", weight=[0.5, 1.0, 2.0], ignore_index=0, label_smoothing=0.2)]
HINGES = [part("HingeLoss"), part("HingeLoss", margin=0.5), part("HingeEmbeddingLoss"),
          part("HingeEmbeddingLoss", margin=-1.0)]
NORMS = [part("LayerNorm", normalized_shape=3),
         part("LayerNorm", normalized_shape=3, elementwise_affine=False, eps=0.5)]
MARGINS = [part("MultiMarginLoss"), part("MultiMarginLoss", p=2, margin=0.5, weight=[0.5, 1.0, 2.0])]


def layer(settings):
    name, settings = settings
    return getattr(torch.nn, name)(**settings)


def loss(described, dtype):
    name, settings = described
    kind = golden.OURS.get(name) or getattr(torch.nn, name)
    return kind(reduction="none", **golden.tensors(settings, dtype))


def computed(make, x, dtype, upstream=None):
    x = torch.tensor(x, dtype=dtype, requires_grad=True)
    value = make(dtype)(x)
    value.backward(torch.ones_like(value) if upstream is None else torch.tensor(upstream, dtype=dtype))
    return value.detach().double().numpy(), x.grad.double().numpy()


def written(kind, described, make, tables, upstream=None):
    x = tables["x"]
    double, single = computed(make, x, torch.float64, upstream), computed(make, x, torch.float32, upstream)
    if "ignore_index" in described[1]:  # a row that is ignored adds nothing; PyTorch makes NaN of 0 times NaN
        ignored = tables["labels"][:, 0] == described[1]["ignore_index"]
        double[1][ignored], single[1][ignored] = 0, 0
    out = [golden.part(kind, *described)]
    for name, values in tables.items():
        out += [golden.table(name, values, lambda v: golden.number(v, 9))]
    for i, name in enumerate(("value", "gradient")):
        out += [golden.table(name + ".64", double[i], lambda v: golden.number(v, 12)),
                golden.table(name + ".32", single[i], lambda v: golden.number(v, 9))]
    return "".join(out)


def floats(values):
    return numpy.array(values, dtype=numpy.float32)


def by_labels(described, rows):
    """Every row with every label."""
    x = floats([row for row in rows for _ in row])
    labels = numpy.array([label for row in rows for label in range(len(row))])
    return written("loss", described, lambda t: lambda v: loss(described, t)(v, torch.tensor(labels)),
                   {"x": x, "labels": labels.reshape(-1, 1)})


def by_numbers(described, x, y):
    x, y = floats(x), floats(y)
    return written("loss", described, lambda t: lambda v: loss(described, t)(v, torch.tensor(y, dtype=t)),
                   {"x": x, "y": y})


def all_parts():
    for described in ELEMENTWISE:
        x = floats([VALUES])
        yield written("layer", described, lambda _, d=described: layer(d), {"x": x, "upstream": numpy.ones_like(x)},
                      numpy.ones_like(x))
    for described in ROWWISE:
        for rows in (ROWS, [[5.0], [-INF], [NAN]], [VALUES[1:-2]], [[-INF] + VALUES[1:-2]]):
            x = floats(rows)
            upstream = floats([[1.0, -0.5, 2.0] * 10] * len(rows))[:, :x.shape[1]]
            yield written("layer", described, lambda _, d=described: layer(d), {"x": x, "upstream": upstream}, upstream)
    targets = [-INF, -3e38, -1e4, -1, -0.5, -0.0, 0.0, 0.5, 1, 3, 1e4, 3e38, INF, NAN]
    for described in NUMBERS:
        yield by_numbers(described, [targets] * len(targets), [[y] * len(targets) for y in targets])
    for described in BITS:
        yield by_numbers(described, [[x] * 3 for x in VALUES for _ in range(2)],
                         [y for _ in VALUES for y in ([0, 1, 0.25], [1, 0, 1])])
    certain = [0, 1e-40, 1e-5, 0.25, 0.5, 0.99999994, 1]
    for described in (part("BCELoss"), part("BCELoss", weight=[0.0, 2.0, 1.0])):
        yield by_numbers(described, [[x] * 3 for x in certain], [[0, 1, 0.25]] * len(certain))
    for described in CLASSES:
        yield by_labels(described, ROWS)
        if "ignore_index" not in described[1]:
            yield by_numbers(described, [row for row in ROWS for _ in range(3)],
                             [[0, 1, 0], [0.25, 0.5, 0.25], [1, 0, 0]] * len(ROWS))
    yield by_labels(part("CrossEntropyLoss"), [[7.0], [-1e4]])
    for described in (part("NLLLoss"), part("NLLLoss", weight=[0.5, 0.0, 2.0], ignore_index=2)):
        yield by_labels(described, ROWS)
    for described in MARGINS:  # a NaN there is no loss at all, which Lanewise refuses to follow
        yield by_labels(described, FINITE)
    for described in HINGES:
        yield by_numbers(described, [VALUES] * 2, [[y] * len(VALUES) for y in (-1, 1)])
    means, variances = [0, 2, -1e4, 3e38, INF, -INF, NAN], [0, 1e-40, 1e-6, 1, 1e4, 3e38, INF, NAN]
    for described in (part("GaussianNLLLoss"), part("GaussianNLLLoss", full=True, eps=0.5),
                      part("GaussianNLLLoss", eps=0.0)):
        yield by_numbers(described, [[m, v] for m in means for v in variances], [[1.0]] * len(means) * len(variances))
    for described in NORMS:  # of huge equal values PyTorch's float64, too, has the rounding errors alone
        x = floats([row for row in ROWS if row != [3e38] * 3])
        upstream = floats([[1.0, -0.5, 2.0]] * len(x))
        yield written("layer", described, lambda t, d=described: layer(d).to(t), {"x": x, "upstream": upstream},
                      upstream)
    x = floats(ROWS).T  # a column each
    upstream = floats([[1.0] * len(ROWS), [-0.5] * len(ROWS), [2.0] * len(ROWS)])
    described = part("BatchNorm1d", num_features=len(ROWS))
    yield written("layer", described, lambda t: layer(described).to(t), {"x": x, "upstream": upstream}, upstream)


def main():
    torch.set_num_threads(1)
    EDGES.mkdir(parents=True, exist_ok=True)
    for old in EDGES.iterdir():
        old.unlink()
    head = "# made by src/test/python/edges.py with torch %s, numpy %s, Python %s\n" % (
        torch.__version__, numpy.__version__, platform.python_version())
    for i, text in enumerate(all_parts()):
        name = text.split()[1].lower()
        (EDGES / ("%02d_%s.txt" % (i, name))).write_text(head + text, encoding="ascii")


if __name__ == "__main__":
    main()
