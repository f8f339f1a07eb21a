// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.data.StandardScaler;
import dev.lanewise.data.TrainTest;
import dev.lanewise.memory.Table;
import dev.lanewise.model.Scaling;

/// The scaler of the data and the scaling of the model, which know nothing of each other.
final class Scalings {
    private Scalings() {
    }

    /// Standardises all rows by the training rows.
    static Scaling standardise(TrainTest rows) {
        StandardScaler scaler = StandardScaler.fit(rows.train().features());
        scaler.transform(rows.train().features());
        if (rows.hasTest()) {
            scaler.transform(rows.test().features());
        }
        return Scaling.standard(scaler.mean(), scaler.scale());
    }

    /// Does to `features` what was done to those the model was trained on.
    static void apply(Scaling scaling, Table features) {
        if (!scaling.isNone()) {
            StandardScaler.of(scaling.mean(), scaling.invStd()).transform(features);
        }
    }
}
