// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

/// The steps of one parameter while each is `p = fma(-rate, g, p)` and nothing else: a caller who has the gradient in
/// registers does that at once, instead of storing it for [FusedOptimizer#update].
public interface PlainDescent {
    /// The rate of the next step; NaN if it is another step, or has to be begun to know ([FusedOptimizer#begin]).
    float rate();

    /// Counts a step that the caller makes with that rate.
    void count();
}
