// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.EpochReport;
import dev.lanewise.Fit;
import dev.lanewise.FitListener;
import dev.lanewise.FitProgress;
import dev.lanewise.data.Task;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.Module;
import java.util.ArrayList;
import java.util.List;

/// Takes the time of every epoch, tests after it, and prints its line.
final class EpochReports implements FitListener {
    private final Console console;
    private final TrainingData data;
    private final Module net;
    private final LossFunction loss;
    private final List<Double> tests = new ArrayList<>();
    private long begin;
    private long nanos;
    private double lastRate;

    EpochReports(Console console, TrainingData data, Module net, LossFunction loss) {
        this.console = console;
        this.data = data;
        this.net = net;
        this.loss = loss;
    }

    @Override
    public void epochBegin(FitProgress progress) {
        begin = System.nanoTime();
    }

    @Override
    public void stepEnd(FitProgress progress) {
        if (progress.rows() == data.rows().train().rows()) { // the steps alone, not the tests
            long taken = System.nanoTime() - begin;
            nanos += taken;
            lastRate = progress.rows() * 1e9 / taken;
        }
    }

    @Override
    public void epochEnd(FitProgress progress, EpochReport report) {
        tests.add(test());
        boolean classes = data.task() == Task.CLASSIFICATION;
        StringBuilder line = new StringBuilder("epoch ").append(report.epoch()).append(", loss ")
                .append(Text.loss(report.training().loss()));
        if (classes) {
            line.append(", train acc ").append(Text.share(report.training().accuracy()));
        }
        if (data.validation() != null) {
            line.append(", val loss ").append(Text.loss(report.validationLoss()));
        }
        if (data.rows().hasTest()) {
            line.append(classes ? ", test acc " : ", test loss ")
                    .append(classes ? Text.share(tests.getLast()) : Text.loss(tests.getLast()));
        }
        console.line(line.append(", ").append(Math.round(lastRate)).append(" samples/s").toString());
    }

    private double test() {
        if (!data.rows().hasTest()) {
            return Double.NaN;
        }
        return data.task() == Task.CLASSIFICATION ? Fit.evaluateAccuracy(net, data.rows().test())
                : Fit.evaluateLoss(net, data.rows().test(), loss);
    }

    /// The figure after epoch `epoch`, counted from 1: an accuracy or, for regression, a loss; NaN without test rows.
    double test(int epoch) {
        return tests.get(epoch - 1);
    }

    /// Time within steps.
    long nanos() {
        return nanos;
    }

    /// Rows a second of the last epoch.
    double lastRate() {
        return lastRate;
    }
}
