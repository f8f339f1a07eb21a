// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import dev.lanewise.schedule.Mode;

/// A value of every epoch that decisions are made by.
public enum Monitor {
    /// Mean loss over the validation rows.
    VALIDATION_LOSS(Mode.MIN),
    /// Share of validation rows (for binary losses: labels) that are right; see [EpochResult#accuracy].
    VALIDATION_ACCURACY(Mode.MAX),
    /// Mean loss in training, each batch before its step.
    TRAINING_LOSS(Mode.MIN),
    /// Share of rows (for binary losses: labels) that are right in training, each batch before its step.
    TRAINING_ACCURACY(Mode.MAX);

    private final Mode mode;

    Monitor(Mode mode) {
        this.mode = mode;
    }

    /// Which way it gets better.
    public Mode mode() {
        return mode;
    }

    /// Whether it needs validation rows.
    public boolean needsValidation() {
        return this == VALIDATION_LOSS || this == VALIDATION_ACCURACY;
    }

    /// Its value in an epoch.
    public double of(EpochReport report) {
        return switch (this) {
            case VALIDATION_LOSS -> report.validationLoss();
            case VALIDATION_ACCURACY -> report.validationAccuracy();
            case TRAINING_LOSS -> report.training().loss();
            case TRAINING_ACCURACY -> report.training().accuracy();
        };
    }
}
