// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers.blas;

import dev.lanewise.peers.Update;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// A linear layer with its optimizer.
///
/// Plain SGD lets the product that makes the gradient add it to the weights; momentum lets it update the velocity. Only
/// Adam needs the gradient itself.
final class BlasLayer {
    final int in;
    final int out;
    /// Floats from one row of outputs to the next.
    final int stride;
    final float[] weight;
    final float[] bias;

    private final Update update;
    private final float[] initialWeight;
    private final float[] initialBias;
    private final float[] biasGradient;
    private final MemorySegment weightMemory;
    private final float[] velocity;
    private final MemorySegment velocityMemory;
    private final float[] biasVelocity;
    private final float[] gradient;
    private final MemorySegment gradientMemory;
    private final float[] squares;
    private final float[] biasSquares;
    private final float paddingBias;
    private int steps;

    /// `paddingBias` is the bias of outputs that are not there.
    BlasLayer(int in, int out, float[] initialWeight, float[] initialBias, float paddingBias, Update update) {
        this.in = in;
        this.out = out;
        this.stride = Loops.stride(out);
        this.initialWeight = initialWeight;
        this.initialBias = initialBias;
        this.paddingBias = paddingBias;
        this.update = update;
        weight = new float[out * in];
        weightMemory = MemorySegment.ofArray(weight);
        bias = new float[stride];
        biasGradient = new float[stride];
        boolean isAdam = update.rule() == Update.Rule.ADAM;
        boolean hasVelocity = isAdam || update.rule() == Update.Rule.MOMENTUM;
        velocity = new float[hasVelocity ? out * in : 0];
        velocityMemory = MemorySegment.ofArray(velocity);
        biasVelocity = new float[hasVelocity ? stride : 0];
        gradient = new float[isAdam ? out * in : 0];
        gradientMemory = MemorySegment.ofArray(gradient);
        squares = new float[isAdam ? out * in : 0];
        biasSquares = new float[isAdam ? stride : 0];
        reset();
    }

    void reset() {
        System.arraycopy(initialWeight, 0, weight, 0, weight.length);
        Arrays.fill(bias, paddingBias);
        System.arraycopy(initialBias, 0, bias, 0, out);
        for (float[] state : new float[][]{velocity, biasVelocity, squares, biasSquares}) {
            Arrays.fill(state, 0);
        }
        steps = 0;
    }

    /// `z = x W^T`, without bias.
    void forward(MemorySegment x, int xStride, MemorySegment z, int rows) {
        Blas.gemm(false, true, rows, out, in, 1, x, xStride, weightMemory, in, 0, z, stride);
    }

    /// `dX = dZ W`.
    void inputGradient(MemorySegment dZ, MemorySegment dX, int dXStride, int rows) {
        Blas.gemm(false, false, rows, in, out, 1, dZ, stride, weightMemory, in, 0, dX, dXStride);
    }

    /// A step with the gradients of the summed loss, whose mean is to be minimised.
    void step(MemorySegment x, int xStride, float[] d, MemorySegment dZ, int rows) {
        float rate = update.learningRate();
        float mean = 1f / rows;
        Loops.columnSums(biasGradient, d, rows, stride);
        steps++;
        switch (update.rule()) {
            case SGD -> {
                Blas.gemm(true, false, out, in, rows, -rate * mean, dZ, stride, x, xStride, 1, weightMemory, in);
                Loops.axpy(bias, -rate * mean, biasGradient);
            }
            case MOMENTUM -> {
                float momentum = update.momentum();
                Blas.gemm(true, false, out, in, rows, mean, dZ, stride, x, xStride, momentum, velocityMemory, in);
                Blas.axpy(out * in, -rate, velocityMemory, weightMemory);
                Loops.velocity(biasVelocity, momentum, mean, biasGradient);
                Loops.axpy(bias, -rate, biasVelocity);
            }
            case ADAM -> {
                Blas.gemm(true, false, out, in, rows, mean, dZ, stride, x, xStride, 0, gradientMemory, in);
                Loops.adam(weight, gradient, 1, velocity, squares, rate, steps);
                Loops.adam(bias, biasGradient, mean, biasVelocity, biasSquares, rate, steps);
            }
        }
    }
}
