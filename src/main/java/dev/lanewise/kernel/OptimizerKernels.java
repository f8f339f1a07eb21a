// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;

/// Optimizer steps on a piece of a parameter: the `n` floats (a multiple of 16, padding included) of the parameter `w`
/// and of its state planes from `at` on, with the gradients of `g` from `gFrom` on.
///
/// `sign` is 1 to minimize and -1 to maximize. With `d` the direction `sign * g` if `weightDecay` is 0, else
/// `fma(weightDecay, w, sign * g)`. State begins as +0.0. Padding is +0.0 in all of them, and stays so.
/// **Threads**: several at a time, on pieces that do not overlap.
/// **Source**: PyTorch's optimizers, whose order of operations this is.
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

    /// Adam: `m = fma(rest1, d, beta1 * m)`, `v = fma(rest2 * d, d, beta2 * v)`,
    /// `w = fma(-rate, m / fma(sqrt(v), inverseRoot, eps), w)`.
    ///
    /// AdamW, if `shrink`, learning rate times decay, is not 0: `weightDecay` is then 0, and `w` becomes
    /// `fma(-shrink, w, w)` before all else. (`w` times `1 - shrink` would round away some per cent of a small decay.)
    ///
    /// `rest1` and `rest2` are `1 - beta1` and `1 - beta2`; in step `t`, counted from 1, `rate` is
    /// `lr / (1 - beta1^t)` and `inverseRoot` is `1 / sqrt(1 - beta2^t)`: all computed in double by the caller. `eps` is
    /// above 0, here and below, if only [Float#MIN_VALUE]: padding must not become 0 / 0.
    void adamStep(MemorySegment w, MemorySegment m, MemorySegment v, long at, MemorySegment g, long gFrom, long n,
            float rate, float inverseRoot, float beta1, float rest1, float beta2, float rest2, float eps,
            float weightDecay, float shrink, float sign);

    /// As [#adamStep], but with the largest `v` so far, `largest = max(largest, v)`, under the root; NaN is larger than
    /// all.
    void amsgradStep(MemorySegment w, MemorySegment m, MemorySegment v, MemorySegment largest, long at, MemorySegment g,
            long gFrom, long n, float rate, float inverseRoot, float beta1, float rest1, float beta2, float rest2,
            float eps, float weightDecay, float shrink, float sign);

    /// RMSprop: with `d = fma(weightDecay, w, sign * g)`, a decay of 0 too, here and below,
    /// `v = fma(rest * d, d, alpha * v)`, `q = d / (sqrt(v) + eps)`, `w = fma(-lr, q, w)`. `rest` is `1 - alpha`.
    void rmspropStep(MemorySegment w, MemorySegment v, long at, MemorySegment g, long gFrom, long n, float lr,
            float alpha, float rest, float eps, float weightDecay, float sign);

    /// As [#rmspropStep], but along `buf = fma(momentum, buf, q)`: `w = fma(-lr, buf, w)`.
    void rmspropMomentumStep(MemorySegment w, MemorySegment v, MemorySegment buf, long at, MemorySegment g, long gFrom,
            long n, float lr, float momentum, float alpha, float rest, float eps, float weightDecay, float sign);

    /// As [#rmspropStep], but with `mean = fma(rest, d, alpha * mean)`, `q = d / (sqrt(fma(-mean, mean, v)) + eps)`.
    void centeredStep(MemorySegment w, MemorySegment v, MemorySegment mean, long at, MemorySegment g, long gFrom,
            long n, float lr, float alpha, float rest, float eps, float weightDecay, float sign);

    /// [#centeredStep] along the `buf` of [#rmspropMomentumStep].
    void centeredMomentumStep(MemorySegment w, MemorySegment v, MemorySegment mean, MemorySegment buf, long at,
            MemorySegment g, long gFrom, long n, float lr, float momentum, float alpha, float rest, float eps,
            float weightDecay, float sign);

    /// Adagrad: `s = fma(d, d, s)`, `w = fma(-rate, d / (sqrt(s) + eps), w)`.
    void adagradStep(MemorySegment w, MemorySegment s, long at, MemorySegment g, long gFrom, long n, float rate,
            float eps, float weightDecay, float sign);

    /// Clips each value: `g[gFrom + i] = min(max(g[gFrom + i], -limit), limit)`; NaN stays.
    void clamp(MemorySegment g, long gFrom, long n, float limit);

    /// Moves averages towards `w`: `a[i] = fma(factor, w[i] - a[i], a[i])`.
    void average(MemorySegment a, MemorySegment w, long n, float factor);

    /// Adds squares of floats, which doubles hold exactly, to 16 doubles: `sums[i % 16] += g[i] * g[i]`, `i` ascending.
    void addSquares(MemorySegment sums, MemorySegment g, long n);
}
