// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.Fit;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.model.DurableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// `lanewise predict`: a prediction for every row, as CSV on stdout or in a file.
final class PredictCommand {
    private final UseOptions options;
    private final Output out;
    private final Console console;

    PredictCommand(UseOptions options, Output out, Console console) {
        this.options = options;
        this.out = out;
        this.console = console;
    }

    void run() throws IOException {
        Version.requireKernels();
        Path file = options.out();
        if (file != null) {
            OutputPath.check("--out", file, List.of(options.model()));
            OutputPath.check("--out", file, options.source().inputs());
            DurableFile.check(file, options.overwrite());
        }
        try (SavedModel model = SavedModel.read(options.model());
                ModelInput input = ModelInput.unlabelled(options, model.config(), console);
                FloatMatrix outputs = Fit.predict(model.net(), input.features())) {
            PredictionCsv csv = new PredictionCsv(model.config(), outputs);
            if (file == null) {
                out.write(csv::writeTo);
            } else {
                DurableFile.write(file, options.overwrite(), csv.bytes(), csv::writeTo);
                console.line("saved " + Text.count(outputs.rows(), "prediction") + ": " + file);
            }
        }
    }
}
