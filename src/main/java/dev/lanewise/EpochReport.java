// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

/// What one epoch of [Fit#run] came to.
///
/// @param epoch its number, counted from 1
/// @param training what training came to, each batch before its step
/// @param validationLoss mean loss over the validation rows after the epoch, NaN without any
/// @param validationAccuracy share of validation rows that are right after the epoch, or of labels, counted as in
/// training; NaN without any or as there
/// @param learningRate the learning rate of its last step
public record EpochReport(int epoch, EpochResult training, double validationLoss, double validationAccuracy,
        double learningRate) {
}
