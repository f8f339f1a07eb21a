#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Learning rates and momenta of PyTorch's schedulers, for ScheduleGoldenTest.

Writes expected/schedules.csv: a line for each case and step, with the learning rate and the momentum (Adam:
beta1) that the step uses. Made with Python 3.11 and torch 1.13.1 (Debian 12: apt-get install python3-torch).
Run from the top of the project: /usr/bin/python3 src/test/python/schedules.py

"""
import math
import os
import warnings

import torch
from torch.optim import SGD, Adam
from torch.optim.lr_scheduler import (
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)

warnings.filterwarnings("ignore")
STEPS = 30
RATE = 0.8


def sgd():
    return SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE, momentum=0.5)


def adam():
    return Adam([torch.nn.Parameter(torch.zeros(1))], lr=RATE)


def metric(step):
    """A loss that falls, stays, and falls again a little; the last ones are NaN."""
    if step >= 27:
        return math.nan
    return max(1 - step / 8, 0.25) - (0.125 if step >= 20 else 0)


def chained(o):
    return [ConstantLR(o, factor=0.1, total_iters=7), ExponentialLR(o, gamma=0.9)]


CASES = {
    "step": (sgd, lambda o: StepLR(o, 4)),
    "step_gamma": (sgd, lambda o: StepLR(o, 7, gamma=0.5)),
    "multi_step": (sgd, lambda o: MultiStepLR(o, [12, 3, 20, 12])),
    "multi_step_at_once": (sgd, lambda o: MultiStepLR(o, [0, 5, 0], gamma=0.5)),
    "multi_step_gamma": (sgd, lambda o: MultiStepLR(o, [1, 2], gamma=0.3)),
    "exponential": (sgd, lambda o: ExponentialLR(o, 0.95)),
    "exponential_up": (sgd, lambda o: ExponentialLR(o, 1.1)),
    "cosine": (sgd, lambda o: CosineAnnealingLR(o, 20)),
    "cosine_again": (sgd, lambda o: CosineAnnealingLR(o, 7, eta_min=0.05)),
    "cosine_up": (sgd, lambda o: CosineAnnealingLR(o, 10, eta_min=1.5)),
    "cosine_one": (sgd, lambda o: CosineAnnealingLR(o, 1)),
    "restarts": (sgd, lambda o: CosineAnnealingWarmRestarts(o, 8)),
    "restarts_twice": (sgd, lambda o: CosineAnnealingWarmRestarts(o, 4, T_mult=2, eta_min=0.01)),
    "restarts_thrice": (sgd, lambda o: CosineAnnealingWarmRestarts(o, 1, T_mult=3)),
    "linear": (sgd, lambda o: LinearLR(o)),
    "linear_down": (sgd, lambda o: LinearLR(o, start_factor=1.0, end_factor=0.1, total_iters=20)),
    "linear_to_zero": (sgd, lambda o: LinearLR(o, start_factor=0.5, end_factor=0.0, total_iters=10)),
    "linear_of_none": (sgd, lambda o: LinearLR(o, total_iters=0)),
    "constant": (sgd, lambda o: ConstantLR(o)),
    "constant_half": (sgd, lambda o: ConstantLR(o, factor=0.5, total_iters=12)),
    "constant_for_ever": (sgd, lambda o: ConstantLR(o, total_iters=0)),
    "polynomial": (sgd, lambda o: PolynomialLR(o)),
    "polynomial_power": (sgd, lambda o: PolynomialLR(o, total_iters=25, power=0.9)),
    "one_cycle": (sgd, lambda o: OneCycleLR(o, 0.5, total_steps=30)),
    "one_cycle_adam": (adam, lambda o: OneCycleLR(o, 0.5, epochs=5, steps_per_epoch=6)),
    "one_cycle_linear": (sgd, lambda o: OneCycleLR(o, 2, total_steps=33, anneal_strategy="linear", pct_start=0.25)),
    "one_cycle_three": (sgd, lambda o: OneCycleLR(o, 0.5, total_steps=30, three_phase=True)),
    "one_cycle_three_linear": (
        adam,
        lambda o: OneCycleLR(
            o, 0.5, total_steps=31, three_phase=True, anneal_strategy="linear", pct_start=0.4, base_momentum=0.8,
            max_momentum=0.9, div_factor=10, final_div_factor=100),
    ),
    "one_cycle_rate_only": (sgd, lambda o: OneCycleLR(o, 0.5, total_steps=30, cycle_momentum=False)),
    "one_cycle_no_rise": (sgd, lambda o: OneCycleLR(o, 0.5, total_steps=30, pct_start=0.0)),
    "one_cycle_only_rise": (sgd, lambda o: OneCycleLR(o, 0.5, total_steps=31, pct_start=1.0)),
    "lambda": (sgd, lambda o: LambdaLR(o, lambda k: 1 / (1 + k))),
    "sequence": (sgd, lambda o: SequentialLR(
        o, [LinearLR(o, start_factor=0.1, total_iters=5), CosineAnnealingLR(o, 25)], [5])),
    "sequence_of_three": (sgd, lambda o: SequentialLR(
        o, [ConstantLR(o, factor=0.1, total_iters=20), ExponentialLR(o, gamma=0.9), StepLR(o, 2)], [4, 15])),
    "sequence_restarts": (sgd, lambda o: SequentialLR(
        o, [LambdaLR(o, lambda k: (k + 1) / 10), CosineAnnealingWarmRestarts(o, 6)], [9])),
    "plateau": (sgd, lambda o: ReduceLROnPlateau(o, patience=2)),
    "plateau_cooldown": (sgd, lambda o: ReduceLROnPlateau(o, factor=0.5, patience=1, cooldown=3, min_lr=0.15)),
    "plateau_abs": (sgd, lambda o: ReduceLROnPlateau(
        o, factor=0.3, patience=0, threshold=0.15, threshold_mode="abs")),
    "plateau_max": (sgd, lambda o: ReduceLROnPlateau(o, mode="max", factor=0.5, patience=4)),
    "plateau_max_abs": (sgd, lambda o: ReduceLROnPlateau(
        o, mode="max", factor=0.5, patience=3, threshold=0.01, threshold_mode="abs")),
    "plateau_eps": (sgd, lambda o: ReduceLROnPlateau(o, patience=0, eps=0.01)),
    "chained": (sgd, chained),
    "chained_cosine": (sgd, lambda o: [LinearLR(o, total_iters=6), CosineAnnealingLR(o, 40, eta_min=0.01)]),
    "by_hand": (sgd, lambda o: StepLR(o, 4, gamma=0.5)),
    "by_hand_cosine": (sgd, lambda o: CosineAnnealingLR(o, 40, eta_min=0.1)),
}


def run(name, make, schedule):
    optimizer = make()
    schedulers = schedule(optimizer)
    if not isinstance(schedulers, list):
        schedulers = [schedulers]
    for step in range(STEPS):
        group = optimizer.param_groups[0]
        momentum = group["betas"][0] if "betas" in group else group["momentum"]
        yield f"{name},{step},{group['lr']!r},{momentum!r}\n"
        optimizer.step()
        if name.startswith("by_hand") and step == 10:
            group["lr"] = 0.25
        for scheduler in schedulers:
            if isinstance(scheduler, ReduceLROnPlateau):
                scheduler.step(metric(step))
            else:
                scheduler.step()


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../resources/expected/schedules.csv")
    with open(path, "w", encoding="ascii", newline="\n") as out:
        for name, (make, schedule) in CASES.items():
            out.writelines(run(name, make, schedule))


main()
