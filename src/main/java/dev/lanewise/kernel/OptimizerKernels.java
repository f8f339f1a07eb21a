// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// Optimizer steps on a piece of a parameter: the `n` floats (a multiple of 16, padding included) of the parameter `w`
/// and of its state planes from `at` on, with the gradients of `g` from `gFrom` on.
///
/// `sign` is 1 to minimize and -1 to maximize. With `d` the direction `sign * g` if `weightDecay` is 0, else
/// `fma(weightDecay, w, sign * g)`. State begins as +0.0. Padding is +0.0 in all of them, and stays so.
/// **Threads**: several at a time, on pieces that do not overlap.
/// **Source**: PyTorch's `SGD` and `Adam`, whose order of operations this is.
public interface OptimizerKernels {
    /// Gradient descent with weight decay, which may be 0 here too: `w = fma(-lr, fma(weightDecay, w, sign * g), w)`.
    /// Without decay it is [ElementKernels#sgdStep].
    void sgdDecayStep(MemorySegment w, long at, MemorySegment g, long gFrom, long n, float lr, float weightDecay,
            float sign);

    /// Descent along `buf = fma(momentum, buf, damped * d)`: `w = fma(-lr, buf, w)`. The first step, whose `buf` is
    /// `d`, has `damped` = 1; the others 1 - dampening.
    void sgdMomentumStep(MemorySegment w, MemorySegment buf, long at, MemorySegment g, long gFrom, long n, float lr,
            float momentum, float damped, float weightDecay, float sign);

    /// As [#sgdMomentumStep], but along `fma(momentum, buf, d)`, with the new `buf`; `damped` is 1 throughout.
    void sgdNesterovStep(MemorySegment w, MemorySegment buf, long at, MemorySegment g, long gFrom, long n, float lr,
            float momentum, float weightDecay, float sign);

    /// Adam, to minimize: `m = fma(rest1, d, beta1 * m)`, `v = fma(rest2 * d, d, beta2 * v)`,
    /// `w = fma(-rate, m / fma(sqrt(v), inverseRoot, eps), w)`.
    ///
    /// `rest1` and `rest2` are `1 - beta1` and `1 - beta2`; in step `t`, counted from 1, `rate` is
    /// `lr / (1 - beta1^t)` and `inverseRoot` is `1 / sqrt(1 - beta2^t)`: all computed in double by the caller. `eps` is
    /// above 0, if only [Float#MIN_VALUE]: padding must not become 0 / 0.
    void adamStep(MemorySegment w, MemorySegment m, MemorySegment v, long at, MemorySegment g, long gFrom, long n,
            float rate, float inverseRoot, float beta1, float rest1, float beta2, float rest2, float eps,
            float weightDecay);
}
