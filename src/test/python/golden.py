#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the golden runs: short trainings by PyTorch in float64 and float32, one text file each, for GoldenTest.

Run from the top of the project, with torch 1.13 (Debian 12: apt-get install python3-torch):
    /usr/bin/python3 src/test/python/golden.py
What is trained stands in golden_runs.py, the values of edge cases in edges.py. No random numbers of torch are
used: all come from numpy's RandomState with the seeds in the files. Data and initial weights are short decimals, to be
read as float32; the float64 run begins with the same float32 values.

A file holds lines `layer`, `loss`, `optimizer`, ... with PyTorch's name of the part and its settings, and tables: a
line `table NAME ROWS COLS`, then ROWS lines of COLS numbers. Series that end in 64 or 32 are PyTorch's float64 and
float32 results.
"""
import collections
import copy
import gzip
import pathlib
import platform
import sys

import numpy
import torch

sys.dont_write_bytecode = True  # no __pycache__ among the sources
import golden_runs

GOLDEN = pathlib.Path("src/test/resources/golden")
DIGITS = pathlib.Path("src/main/resources/dev/lanewise/data/digits.csv.gz")
LABELS = ("labels", "digits")
SUM_OF_CLASS_WEIGHTS = ("CrossEntropyLoss", "NLLLoss")  # which their means divide by
NEEDED = {"in_features", "out_features", "num_features", "normalized_shape", "lr", "per", "max_lr", "step_size",
          "T_max", "T_0", "milestones", "total_steps", "gamma", "parameters", "max_norm", "clip_value", "total_iters",
          "patience", "dim", "modules", "names", "decay"}


def reduced(losses, reduction):
    return {"none": lambda: losses, "mean": losses.mean, "sum": losses.sum}[reduction]()


class HalfSquaredLoss(torch.nn.Module):
    """The squared error without the factor 2 of its gradient, as in textbooks."""

    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, prediction, target):
        return reduced((prediction - target) ** 2 / 2, self.reduction)


class HingeLoss(torch.nn.Module):
    """The hinge of targets -1 and 1."""

    def __init__(self, reduction="mean", margin=1.0):
        super().__init__()
        self.reduction, self.margin = reduction, margin

    def forward(self, prediction, target):
        return reduced(torch.relu(self.margin - target * prediction), self.reduction)


class GaussianNLLLoss(torch.nn.GaussianNLLLoss):
    """Means and variances side by side: both predicted, or the variances with the targets."""

    def forward(self, prediction, target):
        both, other = (prediction, target) if prediction.shape[1] > target.shape[1] else (target, prediction)
        first, variance = both.chunk(2, 1)
        return super().forward(*((first, other) if both is prediction else (other, first)), variance)


class Dropout(torch.nn.Module):
    """Dropout with the masks of Lanewise, which depend on the number of the forward pass, the row and the column."""
    BITS = 2 ** 64 - 1

    def __init__(self, p, seed, name):
        super().__init__()
        self.p, self.forwards = numpy.float32(p), 0
        self.key = self.mix(seed)
        for character in "dropout " + name:
            self.key = self.mix(self.key + 0x9E3779B97F4A7C15 + ord(character))

    @classmethod
    def mix(cls, z):
        z &= cls.BITS
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & cls.BITS
        z = (z ^ z >> 27) * 0x94D049BB133111EB & cls.BITS
        return z ^ z >> 31

    def append(self, key, number):
        return self.mix(key + 0x9E3779B97F4A7C15 + self.mix(number))

    def kept(self, key, columns):
        h = (key + numpy.arange(columns, dtype=numpy.uint64)).astype(numpy.uint32)
        h = (h ^ h >> 16) * numpy.uint32(0x7FEB352D)
        h = (h ^ h >> 15 ^ numpy.uint32(key >> 32)) * numpy.uint32(0x846CA68B)
        return h >> 8 < int((1 - self.p) * 2 ** 24)

    def forward(self, x):
        if not self.training:
            return x
        key = self.append(self.key, self.forwards) | 1
        self.forwards += 1
        mask = [self.kept(self.append(key, row), x.shape[1]) for row in range(x.shape[0])]
        return x * torch.tensor(numpy.array(mask)) / (1 - float(self.p)) if self.p < 1 else x * 0


OURS = {"HalfSquaredLoss": HalfSquaredLoss, "GaussianNLLLoss": GaussianNLLLoss, "HingeLoss": HingeLoss}


def decimals(random, shape, low, high, digits):
    """Numbers with few digits, rounded to float32."""
    return numpy.round(random.uniform(low, high, shape), digits).astype(numpy.float32)


def made_data(run):
    """Features and targets that a small network can learn in part."""
    if run.target == "digits":
        lines = gzip.open(DIGITS, "rt").read().split()[:run.rows]
        digits = numpy.array([[int(field) for field in line.split(",")] for line in lines])
        return digits[:, :64].astype(numpy.float32), digits[:, 64:]
    random = numpy.random.RandomState(run.seed)
    x = decimals(random, (run.rows, run.inputs), -2, 2, 2) * numpy.float32(run.scale)
    targets = run.targets or run.outputs
    true = random.uniform(-1, 1, (run.inputs, targets))
    score = x.astype(numpy.float64) @ true + random.normal(0, 0.3, (run.rows, targets))
    if run.target == "known":  # targets and their variances
        return x, numpy.hstack([numpy.round(score, 2).astype(numpy.float32),
                                decimals(random, score.shape, 0.1, 2, 2)])
    if run.target == "numbers":
        return x, numpy.round(score, 2).astype(numpy.float32)
    if run.target == "labels":
        labels = score.argmax(1).reshape(-1, 1)
        labels[orders(run)[0][run.batch:][:run.ignored]] = -100
        return x, labels
    if run.target == "bits":
        return x, (score > 0).astype(numpy.float32)
    if run.target == "signs":
        return x, numpy.where(score > 0, 1, -1).astype(numpy.float32)
    cuts = numpy.sort(random.randint(0, 257, (run.rows, run.outputs - 1)), 1)
    edges = numpy.hstack([numpy.zeros((run.rows, 1)), cuts, numpy.full((run.rows, 1), 256)])
    return x, (numpy.diff(edges) / 256).astype(numpy.float32)  # probabilities: multiples of 2^-8 with a sum of 1


def tensors(settings, dtype):
    """Lists of floats become tensors where PyTorch wants them."""
    made = {}
    for key, value in settings.items():
        made[key] = torch.tensor(value, dtype=dtype) if key in ("weight", "pos_weight") else value
    return made


def sequential(layers, names, prefix=""):
    """Takes as many of the `layers` as there are names; those of a Sequential follow it."""
    modules = []
    for i in names:
        name, settings = layers.pop(0)
        if name == "Sequential":
            inner = settings.get("names", range(settings["modules"]))
            modules.append((str(i), sequential(layers, inner, "%s%s." % (prefix, i))))
        elif name == "Dropout":
            modules.append((str(i), Dropout(name="%s%s" % (prefix, i), **settings)))
        else:
            modules.append((str(i), getattr(torch.nn, name)(**settings)))
    return torch.nn.Sequential(collections.OrderedDict(modules))


def made_net(run):
    parts = [dict(settings).get("modules", 0) for _, settings in run.layers]
    return sequential(list(run.layers), range(len(parts) - sum(parts)))


def build(run, dtype):
    net = made_net(run).to(dtype)
    random = numpy.random.RandomState(run.seed + 1)
    initial = {}
    with torch.no_grad():
        for (name, parameter), layer in zip(net.named_parameters(), owners(net)):
            if isinstance(layer, torch.nn.Linear):
                bound = layer.in_features ** -0.5
                values = decimals(random, tuple(parameter.shape), -bound, bound, 3)
            else:  # weight and bias of a normalisation
                values = decimals(random, tuple(parameter.shape), *((0.5, 1.5) if "weight" in name else (-0.5, 0.5)), 2)
            initial[name] = values
            parameter.copy_(torch.tensor(values, dtype=dtype))
    for name, parameter in net.named_parameters():
        parameter.requires_grad_(name not in run.frozen)
    return net, initial


def owners(net):
    for layer in net.modules():
        for _ in layer.parameters(recurse=False):
            yield layer


def made_optimizer(run, net):
    name, settings = run.optimizer
    named = dict(net.named_parameters())
    groups = []
    for group in run.groups:
        group = dict(group)
        groups.append({"params": [named.pop(p) for p in group.pop("parameters")], **group})
    rest = [p for p in named.values() if p.requires_grad]
    return getattr(torch.optim, name)([{"params": rest}] + groups, **settings)


def made_schedule(run, optimizer):
    if not run.schedule:
        return None
    parts = [dict(settings, name=name) for name, settings in run.schedule]
    for part in parts:
        part.pop("per", None)
        if part["name"] == "LambdaLR":
            decays = part.pop("decay")
            several = isinstance(decays, tuple)
            lambdas = [lambda epoch, d=d: 1 / (1 + d * epoch) for d in (decays if several else [decays])]
            part["lr_lambda"] = lambdas if several else lambdas[0]
    made = [getattr(torch.optim.lr_scheduler, part.pop("name"))
            for part in parts if part["name"] != "SequentialLR"]
    if run.schedule[0][0] == "SequentialLR":
        inner = [kind(optimizer, **settings) for kind, settings in zip(made, parts[1:])]
        return torch.optim.lr_scheduler.SequentialLR(optimizer, inner, milestones=list(parts[0]["milestones"]))
    return made[0](optimizer, **parts[0])


def clip(run, parameters):
    for name, settings in run.clip:
        if name == "norm":
            torch.nn.utils.clip_grad_norm_(parameters, **settings)
        else:
            torch.nn.utils.clip_grad_value_(parameters, **settings)


def orders(run):
    random = numpy.random.RandomState(run.seed + 2)
    return [random.permutation(run.rows) for _ in range(run.epochs)]


def loss_of(run, dtype):
    name, settings = run.loss
    kind = OURS.get(name) or getattr(torch.nn, name)
    return kind(**tensors(settings, dtype))


def row_weights(run):
    """A weight for each row, some of them 0."""
    return numpy.maximum(0, decimals(numpy.random.RandomState(run.seed + 3), (run.rows, 1), -0.3, 2, 2))


def weighted(run, dtype):
    """A loss with weights of rows: they multiply losses and leave alone what the mean divides by."""
    name, settings = run.loss
    made = tensors(dict(settings, reduction="none"), dtype)
    single = (OURS.get(name) or getattr(torch.nn, name))(**made)

    def value(prediction, target, weights):
        losses = single(prediction, target)
        total = (losses * (weights if losses.dim() == 2 else weights[:, 0])).sum()
        if settings.get("reduction") == "sum":
            return total
        if name not in SUM_OF_CLASS_WEIGHTS or target.dim() == 2 or settings.get("reduction") == "none":
            return total / losses.numel()
        counted = target[target != settings.get("ignore_index", -100)]
        return total / (made["weight"][counted].sum() if "weight" in made else len(counted))

    return value


def penalty(run, net):
    named = dict(net.named_parameters())
    return sum(p["l1"] * named[name].abs().sum() + p["l2"] * (named[name] ** 2).sum()
               for p in run.penalties for name in p["parameters"])


def train(run, dtype):
    x, y = made_data(run)
    x, y = torch.tensor(x, dtype=dtype), torch.tensor(y[:, 0] if run.target in LABELS else y)
    y = y if run.target in LABELS else y.to(dtype)
    net, _ = build(run, dtype)
    loss = weighted(run, dtype) if run.weighted else loss_of(run, dtype)
    weights = torch.tensor(row_weights(run), dtype=dtype)
    optimizer = made_optimizer(run, net)
    schedule = made_schedule(run, optimizer)
    per_step = bool(schedule) and run.schedule[0][1].get("per") == "step"
    average = torch.optim.swa_utils.AveragedModel(net, avg_fn=lambda a, w, n: run.average * a + (1 - run.average) * w)
    losses, rates = [], []
    for order in orders(run):
        epoch = []
        for i, first in enumerate(range(0, run.rows, run.batch)):
            rows = torch.tensor(order[first:first + run.batch])
            value = loss(net(x[rows]), y[rows], *([weights[rows]] if run.weighted else []))
            value = (value.mean() if value.dim() else value) + penalty(run, net)
            epoch.append(value.item())
            if i % run.accumulate == 0 and run.zero_grad:
                optimizer.zero_grad(set_to_none=True)
            value.backward()
            rates.append([group["lr"] for group in optimizer.param_groups])
            if (i + 1) % run.accumulate == 0 or first + run.batch >= run.rows:
                clip(run, [p for p in net.parameters() if p.requires_grad])
                optimizer.step()
                average.update_parameters(net)
                if per_step:
                    schedule.step()
        losses += epoch
        if schedule and not per_step:
            if run.schedule[0][0] == "ReduceLROnPlateau":
                schedule.step(sum(epoch) / len(epoch))
            else:
                schedule.step()
    net.eval()
    with torch.no_grad():
        final = {"final." + name: value.double().numpy().copy() for name, value in net.state_dict().items()}
        if run.average:
            final.update({"average." + name: value.numpy().astype(numpy.float64)
                          for name, value in average.module.named_parameters()})
        return {"loss": numpy.array(losses), **final, "eval": net(x[:6]).double().numpy()}, numpy.array(rates)


def distance(values, expected):
    return numpy.abs(values - expected).max() / max(numpy.abs(expected).max(), 1e-30)


def check_settings_count(run, double):
    """A setting that changes nothing would let a fault in it pass."""
    kinds = [("loss", run.loss), ("optimizer", run.optimizer)]
    kinds += [("layers", i) for i in range(len(run.layers))] + [("schedule", i) for i in range(len(run.schedule))]
    for kind, which in kinds:
        name, settings = getattr(run, kind)[which] if isinstance(which, int) else which
        for key in settings:
            if key in NEEDED or key == "reduction" and settings[key] == "none":  # whose mean is taken
                continue
            if key == "momentum" and run.schedule and run.schedule[0][0] == "OneCycleLR":
                continue  # cycled
            other = copy.deepcopy(run)
            fewer = (name, {k: v for k, v in settings.items() if k != key})
            if isinstance(which, int):
                getattr(other, kind)[which] = fewer
            else:
                setattr(other, kind, fewer)
            try:
                changed, _ = train(other, torch.float64)
            except (TypeError, ValueError):
                continue  # not to be had without it
            apart = max(distance(changed[s], double[s]) for s in double if changed[s].shape == double[s].shape)
            if apart < 1e-4:
                sys.exit("%s: %s of %s changes the results by %g only" % (run.name, key, name, apart))


def number(value, digits):
    """As Java reads it."""
    if value != value:
        return "NaN"
    if abs(value) == float("inf"):
        return "Infinity" if value > 0 else "-Infinity"
    return "%.*g" % (digits, value)


def text(value):
    if isinstance(value, (list, tuple)):
        return ",".join(text(v) for v in value)
    return "Infinity" if value == float("inf") else str(value)


def part(kind, name, settings):
    return " ".join([kind, name] + ["%s=%s" % (key, text(value)) for key, value in settings.items()]) + "\n"


def shortest(value):
    """The shortest decimal that is read as this float32, and the whole number that it is without a point."""
    return numpy.format_float_positional(numpy.float32(value), trim="-") if value < 1e7 else number(value, 9)


def table(name, values, form=shortest):
    values = numpy.asarray(values)
    values = values.reshape(len(values), -1) if values.ndim == 2 else values.reshape(1, -1)
    lines = [" ".join((form(v) if callable(form) else form % v) for v in row) for row in values]
    return "table %s %d %d\n%s\n" % (name, *values.shape, "\n".join(lines))


def written(run):
    double, rates = train(run, torch.float64)
    single, _ = train(run, torch.float32)
    for series in double:
        known = ~numpy.isnan(double[series])
        apart = distance(single[series][known], double[series][known])
        if not apart < 3e-5:
            sys.exit("%s: the float32 run of PyTorch is off by %g in %s: nothing to compare with"
                     % (run.name, apart, series))
    check_settings_count(run, double)
    x, y = made_data(run)
    _, initial = build(run, torch.float64)
    out = ["# seeds from %d on\n" % run.seed] + [part("layer", *layer) for layer in run.layers]
    out += [part("loss", *run.loss), part("optimizer", *run.optimizer)]
    out += [part("group", "of", group) for group in run.groups] + [part("schedule", *s) for s in run.schedule]
    out += [part("clip", *c) for c in run.clip]
    out += [part("penalty", "of", p) for p in run.penalties]
    out += [part("average", "of", {"decay": run.average})] if run.average else []
    out += [part("run", "of", {"batch_size": run.batch, "accumulate": run.accumulate, "zero_grad": run.zero_grad,
                               "target": "labels" if run.target in LABELS else run.target})]
    if run.frozen:
        out += [part("frozen", "of", {"parameters": run.frozen})]
    out += [table("x", x), table("y", y)]
    out += [table("weights", row_weights(run))] if run.weighted else []
    out += [table("order", orders(run), "%d")]
    out += [table("initial." + name, values) for name, values in initial.items()]
    out += [table("rates", rates, "%.9g")]
    for series in double:
        out += [table(series + ".64", double[series], lambda v: number(v, 10)), table(series + ".32", single[series])]
    return "".join(out)


def main():
    torch.set_num_threads(1)
    GOLDEN.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[1:]
    names = [run.name for run in golden_runs.RUNS]
    if len(set(names)) < len(names):
        sys.exit("a name is given twice: " + str(sorted(n for n in names if names.count(n) > 1)))
    head = "# made by src/test/python/golden.py with torch %s, numpy %s, Python %s, one thread\n" % (
        torch.__version__, numpy.__version__, platform.python_version())
    for run in golden_runs.RUNS:
        if not wanted or run.name in wanted:
            (GOLDEN / (run.name + ".txt")).write_text(head + written(run), encoding="ascii")
    if not wanted:
        for old in GOLDEN.iterdir():
            if old.suffix != ".txt" or old.stem not in names:
                old.unlink()


if __name__ == "__main__":
    main()
