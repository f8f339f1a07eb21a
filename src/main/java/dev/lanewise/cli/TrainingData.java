// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.data.Dataset;
import dev.lanewise.data.StandardScaler;
import dev.lanewise.data.Task;
import dev.lanewise.data.TrainTest;
import dev.lanewise.model.DataKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is trained on, wherever it came from.
///
/// @param rows the rows; closed with this
/// @param validation the rows that early stopping goes by, or null; closed with this
/// @param task what is to be predicted
/// @param reason why it is that task
/// @param kind where the rows came from
/// @param label name of the label column; empty if it has none
/// @param features names of the features; empty if they have none
/// @param labels the label of every class; empty for regression
record TrainingData(TrainTest rows, @Nullable Dataset validation, Task task, String reason, DataKind kind, String label,
        List<String> features, List<Long> labels) implements AutoCloseable {

    int outputs() {
        return task == Task.CLASSIFICATION ? labels.size() : 1;
    }

    /// Standardises all rows, in place, by the training rows.
    StandardScaler standardise() {
        StandardScaler scaler = StandardScaler.fit(rows.train().features());
        scaler.transform(rows.train().features());
        if (rows.hasTest()) {
            scaler.transform(rows.test().features());
        }
        if (validation != null) {
            scaler.transform(validation.features());
        }
        return scaler;
    }

    /// The same data with the share `fraction` of the rows to train on taken away for validation; closes this.
    TrainingData heldOut(double fraction, long seed) {
        TrainTest parts = rows.train().split(fraction, seed);
        rows.train().close();
        TrainTest rest = rows.hasTest() ? new TrainTest(parts.train(), rows.test()) : new TrainTest(parts.train());
        return new TrainingData(rest, parts.test(), task, reason, kind, label, features, labels);
    }

    @Override
    public void close() {
        rows.close();
        if (validation != null) {
            validation.close();
        }
    }
}
