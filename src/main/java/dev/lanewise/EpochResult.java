// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

/// What one epoch of training came to.
///
/// @param loss mean of all single losses (one per row, or one per output for squared errors), each batch before its step
/// @param accuracy share of right rows, each batch before its step; NaN for targets of another shape than the predictions,
/// such as those of a [dev.lanewise.nn.GaussianNLLLoss] of several
/// @param rows rows trained on
/// @param steps steps taken
public record EpochResult(double loss, double accuracy, long rows, long steps) {
}
