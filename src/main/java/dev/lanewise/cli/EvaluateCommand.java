// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.Fit;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Task;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.MSELoss;
import java.io.IOException;

/// `lanewise evaluate`: the accuracy, or for regression the mean squared error, of a model on rows with labels.
final class EvaluateCommand {
    private final UseOptions options;
    private final Output out;
    private final Console console;

    EvaluateCommand(UseOptions options, Output out, Console console) {
        this.options = options;
        this.out = out;
        this.console = console;
    }

    void run() throws IOException {
        Version.requireKernels();
        try (SavedModel model = SavedModel.read(options.model());
                ModelInput input = ModelInput.labelled(options, model.config(), console)) {
            Dataset rows = input.rows();
            boolean classes = model.config().task() == Task.CLASSIFICATION;
            double value = classes ? Fit.evaluateAccuracy(model.net(), rows)
                    : Fit.evaluateLoss(model.net(), rows, new MSELoss());
            String hash = model.weightsHash();
            console.line((classes ? "accuracy " + Text.share(value) : "loss " + Text.loss(value)) + " on "
                    + Text.count(rows.rows(), "row") + ", kernels " + Kernels.active() + ", weights sha256 " + hash);
            if (options.json()) {
                out.write(new JsonResult().put("task", model.config().task().text())
                        .put(classes ? "accuracy" : "loss", value).put("rows", rows.rows())
                        .put("kernels", Kernels.active()).put("weights_sha256", hash).end());
            }
        }
    }
}
