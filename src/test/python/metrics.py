#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the reference values of MetricsAgainstScikitLearnTest: small tables and their metrics by scikit-learn.

Made with Python 3.11 and scikit-learn 1.2.1 (Debian 12: apt-get install python3-sklearn). Each line is a name and numbers.
Run from the top of the project: /usr/bin/python3 src/test/python/metrics.py
"""
import pathlib
import warnings

import numpy
import sklearn
from sklearn import metrics

warnings.simplefilter("ignore")  # divisions by zero are meant
TARGET = pathlib.Path("src/test/resources/expected/metrics.txt")
lines = []


def write(name, values):
    lines.append(name + " " + " ".join(repr(float(v)) for v in numpy.ravel(values)))


def binary(name, random, rows, steps, positives):
    """Scores are multiples of 1 / steps, so that many are equal."""
    scores = (random.integers(0, steps + 1, rows) / steps).astype(numpy.float32)
    labels = (random.random(rows) < positives * scores + 0.2).astype(int)
    weights = random.integers(0, 5, rows) / 2
    write(name + " scores", scores)
    write(name + " labels", labels)
    write(name + " weights", weights)
    for kind, w in {"plain": None, "weighted": weights}.items():
        predicted = (scores > 0.5).astype(int)
        write(f"{name} {kind} auc", metrics.roc_auc_score(labels, scores, sample_weight=w))
        write(f"{name} {kind} ap", metrics.average_precision_score(labels, scores, sample_weight=w))
        write(f"{name} {kind} log_loss", metrics.log_loss(labels, scores, sample_weight=w))
        write(f"{name} {kind} confusion", metrics.confusion_matrix(labels, predicted, sample_weight=w))


def classes(name, random, rows, count, absent):
    """Class `absent` is never right and never predicted; the class before it is never predicted."""
    labels = random.integers(0, count, rows)
    labels[labels == absent] = 0
    logits = (random.integers(-8, 9, (rows, count)) / 4).astype(numpy.float32)
    logits[numpy.arange(rows), labels] += 1
    logits[:, absent] = -9
    logits[:, absent - 1] = -8
    weights = random.integers(0, 5, rows) / 2
    p = numpy.exp(logits.astype(float))
    p = (p / p.sum(axis=1, keepdims=True)).astype(numpy.float32)
    write(name + " logits", logits)
    write(name + " probabilities", p)
    write(name + " labels", labels)
    write(name + " weights", weights)
    predicted = logits.argmax(axis=1)
    for kind, w in {"plain": None, "weighted": weights}.items():
        all_classes = list(range(count))
        write(f"{name} {kind} confusion", metrics.confusion_matrix(labels, predicted, labels=all_classes, sample_weight=w))
        write(f"{name} {kind} accuracy", metrics.accuracy_score(labels, predicted, sample_weight=w))
        for average in ["micro", "macro", "weighted"]:
            for zero in [0, 1]:
                write(f"{name} {kind} {average} {zero}", [
                    metrics.precision_score(labels, predicted, average=average, sample_weight=w, zero_division=zero),
                    metrics.recall_score(labels, predicted, average=average, sample_weight=w, zero_division=zero)])
            write(f"{name} {kind} {average} f1",
                  metrics.f1_score(labels, predicted, average=average, sample_weight=w, zero_division=0))
        write(f"{name} {kind} log_loss", metrics.log_loss(labels, p, labels=all_classes, sample_weight=w))
        present = sorted(set(labels))
        one_hot = numpy.eye(count)[labels][:, present]
        write(f"{name} {kind} auc", [metrics.roc_auc_score(one_hot[:, i], logits[:, c], sample_weight=w)
                                     for i, c in enumerate(present)])
        write(f"{name} {kind} ap", [metrics.average_precision_score(one_hot[:, i], logits[:, c], sample_weight=w)
                                    for i, c in enumerate(present)])


def top_k(random):
    """No two scores of a row are equal: scikit-learn orders equal ones differently."""
    scores = numpy.array([random.permutation(6) for _ in range(40)]) / 8
    labels = random.integers(0, 6, 40)
    weights = random.integers(0, 5, 40) / 2
    write("top scores", scores)
    write("top labels", labels)
    write("top weights", weights)
    for k in range(1, 7):
        write(f"top {k}", [metrics.top_k_accuracy_score(labels, scores, k=k, labels=range(6), sample_weight=w)
                           for w in [None, weights]])


def multiclass_auc(random):
    p = random.integers(1, 9, (50, 3)).astype(float)
    p /= p.sum(axis=1, keepdims=True)
    labels = random.integers(0, 3, 50)
    p = p.astype(numpy.float32)
    write("ovr probabilities", p)
    write("ovr labels", labels)
    write("ovr auc", metrics.roc_auc_score(labels, p, multi_class="ovr", average="macro"))


def regression(name, random, rows, offset):
    y = (offset + random.integers(-40, 41, (rows, 2)) / 8).astype(numpy.float32)
    x = (y + random.integers(-8, 9, (rows, 2)) / 16).astype(numpy.float32)
    weights = random.integers(0, 5, rows) / 2
    write(name + " predictions", x)
    write(name + " targets", y)
    write(name + " weights", weights)
    for kind, w in {"plain": None, "weighted": weights}.items():
        write(f"{name} {kind}", [
            metrics.mean_absolute_error(y, x, sample_weight=w), metrics.mean_squared_error(y, x, sample_weight=w),
            metrics.mean_squared_error(y, x, sample_weight=w, squared=False),
            metrics.r2_score(y.astype(float), x.astype(float), sample_weight=w)])


def multi_label(name, random, rows, labels, absent):
    """Rows with several labels; label `absent` is on no row, and the one before it is never predicted."""
    scores = (random.integers(-8, 9, (rows, labels)) / 4).astype(numpy.float32)
    targets = (random.random((rows, labels)) < 0.3 + 0.3 * (scores > 0)).astype(int)
    if absent is not None:
        targets[:, absent] = 0
        scores[:, absent - 1] = -numpy.abs(scores[:, absent - 1])
    weights = random.integers(0, 5, rows) / 2
    write(name + " scores", scores)
    write(name + " targets", targets)
    write(name + " weights", weights)
    predicted = (scores > 0).astype(int)
    for kind, w in {"plain": None, "weighted": weights}.items():
        write(f"{name} {kind} confusion", metrics.multilabel_confusion_matrix(targets, predicted, sample_weight=w))
        write(f"{name} {kind} exact", metrics.accuracy_score(targets, predicted, sample_weight=w))
        write(f"{name} {kind} hamming", metrics.hamming_loss(targets, predicted, sample_weight=w))
        for average in ["micro", "macro", "weighted"]:
            for zero in [0, 1]:
                write(f"{name} {kind} {average} {zero}", [
                    f(targets, predicted, average=average, sample_weight=w, zero_division=zero)
                    for f in [metrics.precision_score, metrics.recall_score, metrics.f1_score]])
            if absent is None:
                write(f"{name} {kind} {average} ranking", [
                    f(targets, scores, average=average, sample_weight=w)
                    for f in [metrics.roc_auc_score, metrics.average_precision_score]])
        if absent is None:
            write(f"{name} {kind} auc", metrics.roc_auc_score(targets, scores, average=None, sample_weight=w))
            write(f"{name} {kind} ap", metrics.average_precision_score(targets, scores, average=None, sample_weight=w))


generator = numpy.random.default_rng(4)
binary("few", generator, 12, 4, 0.6)
binary("many", generator, 100, 16, 0.6)
binary("random", generator, 60, 1000, 0)
classes("classes", generator, 60, 5, 4)
top_k(generator)
multiclass_auc(generator)
regression("near", generator, 30, 0)
regression("far", generator, 30, 100000)
multi_label("labels", generator, 40, 4, None)
multi_label("lacking", generator, 15, 4, 3)
TARGET.write_text("\n".join(["# by src/test/python/metrics.py with scikit-learn " + sklearn.__version__] + lines) + "\n")
