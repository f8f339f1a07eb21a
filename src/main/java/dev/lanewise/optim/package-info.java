// SPDX-License-Identifier: Apache-2.0

/// Optimizers: how parameters follow their gradients; clipping, and averages of weights.
///
/// An optimizer of your own is a subclass of [Optimizer]. This one steps by the sign of a mean of gradients, and keeps the
/// mean in one plane of state:
///
///     final class SignOfMean extends Optimizer {
///         SignOfMean(List<Parameter> parameters, float learningRate) {
///             super(parameters, List.of("exp_avg"),
///                     Map.of(Setting.LEARNING_RATE, (double) learningRate, Setting.BETA1, 0.9));
///         }
///
///         @Override
///         protected void update(ParameterStep step, MemorySegment value, long at, MemorySegment g, long gFrom, long n) {
///             float lr = step.group().learningRate();
///             float beta = (float) step.group().get(Setting.BETA1);
///             MemorySegment m = step.state(0);
///             for (long i = 0; i < n; i++) {
///                 float gradient = g.getAtIndex(JAVA_FLOAT, gFrom + i);
///                 float mean = beta * m.getAtIndex(JAVA_FLOAT, at + i) + (1 - beta) * gradient;
///                 m.setAtIndex(JAVA_FLOAT, at + i, mean);
///                 value.setAtIndex(JAVA_FLOAT, at + i,
///                         value.getAtIndex(JAVA_FLOAT, at + i) - lr * Math.signum(mean));
///             }
///         }
///     }
@NullMarked
package dev.lanewise.optim;

import org.jspecify.annotations.NullMarked;
