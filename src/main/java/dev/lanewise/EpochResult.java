// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

/// What one epoch of training came to.
///
/// @param loss mean of all single losses (one per row, or one per output for squared errors), each batch before its step
/// @param accuracy share of right rows, each batch before its step: those whose class has the largest output, or, with
/// one output, whose output equals the target (seldom of use for a regression). For
/// [dev.lanewise.nn.BCEWithLogitsLoss], [dev.lanewise.nn.BCELoss] and [dev.lanewise.nn.HingeLoss] the share of right
/// labels, all outputs together: outputs above 0 (probabilities: 0.5) stand for the label 1, targets above 0.5 (hinge:
/// 0) are it. NaN for targets of another shape than the predictions, such as those of a
/// [dev.lanewise.nn.GaussianNLLLoss] of several
/// @param rows rows trained on
/// @param steps steps taken
public record EpochResult(double loss, double accuracy, long rows, long steps) {
}
