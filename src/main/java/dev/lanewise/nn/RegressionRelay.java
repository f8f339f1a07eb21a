// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.WideKernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.parallel.Relay;
import dev.lanewise.parallel.WorkerTeam.Work;
import java.lang.foreign.MemorySegment;

/// The walk over the rows of a linear regression by several threads: each takes piece after piece of the rows, works out
/// their outputs, and adds them to the sums when all rows before have been added.
///
/// The outputs take most of the time, since they wait for memory. Then the rows of a piece are in its thread's cache,
/// and only the sums, a few lines, go from thread to thread.
final class RegressionRelay {
    /// Bytes of the rows of a piece. Larger ones leave the last thread alone for longer, smaller ones pass the sums on
    /// more often.
    private static final int PIECE_BYTES = 32 << 10;
    private static final int LEAST_ROWS = 16;
    private static final int MOST_ROWS = 128;
    /// Multiply-adds of a wide layer in the time of one with one output, which waits for memory.
    private static final int WEIGHT = 8;
    /// Shorter rows are done by the time the other threads have begun, unless there are so many of them that the single
    /// operations are worth several threads.
    static final int LEAST_INPUTS = FloatMatrix.LANES + 1;

    // the gradient's columns in two halves, so that two threads are at it, then the sums of the errors
    private static final int FIRST_HALF = 0;
    private static final int SECOND_HALF = 1;
    private static final int ERRORS = 2;
    // places in the sums of losses, with lines of memory around them
    private static final int TOTAL = 16;
    private static final int BLOCK = 17;
    private static final int LEGS = 3;

    private final Parameter weight;
    private final Parameter bias;
    private final NarrowForm weightSum;
    private final BiasSum biasSum;
    private final Workers workers;
    private final Relay relay;
    private final int pieceRows;
    /// Columns of the first half.
    private final int half;
    private final Work work = this::takePieces;
    // the step that is on
    private MemorySegment y = MemorySegment.NULL;
    private MemorySegment losses = MemorySegment.NULL;
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment xIndex = MemorySegment.NULL;
    private long xFrom;
    private int xStride;
    private MemorySegment t = MemorySegment.NULL;
    private MemorySegment tIndex = MemorySegment.NULL;
    private long tFrom;
    private int yStride;
    private int tStride;
    private int rows;
    private float factor;
    private float scale;
    /// The sums of losses, of the blocks before and of the block being summed; only who has the turn looks at them. They lie
    /// far from what all threads read all the time.
    private final double[] sums = new double[2 * BLOCK];

    RegressionRelay(Parameter weight, Parameter bias, NarrowForm weightSum, BiasSum biasSum, Workers workers) {
        this.weight = weight;
        this.bias = bias;
        this.weightSum = weightSum;
        this.biasSum = biasSum;
        this.workers = workers;
        this.relay = new Relay(workers.threads(), LEGS);
        this.half = FloatMatrix.stride(weight.cols()) / FloatMatrix.LANES / 2 * FloatMatrix.LANES;
        int fit = PIECE_BYTES / (FloatMatrix.stride(weight.cols()) * Float.BYTES);
        // a power of two, so that no piece crosses a block of rows
        this.pieceRows = Integer.highestOneBit(Math.clamp(fit, LEAST_ROWS, MOST_ROWS));
    }

    /// How many threads a step of `rows` rows is worth, of `most`.
    static int threads(int rows, int in, int most) {
        return in < LEAST_INPUTS || most == 1 ? 1 : Math.min(Workers.worth((long) WEIGHT * rows * in), most);
    }

    /// Does a step with `threads` threads. Returns the sum of the losses.
    double run(LayerInput input, FloatMatrix output, FloatMatrix lossOfRows, Rows target, int newRows, float newFactor,
            float newScale, int threads) {
        workers.requireShared(target);
        FloatMatrix targets = target.matrix();
        y = output.segment();
        yStride = output.stride();
        losses = lossOfRows.segment();
        x = input.segment();
        xStride = input.stride();
        xIndex = input.index();
        xFrom = input.from();
        t = targets.segment();
        tStride = targets.stride();
        tIndex = target.index();
        tFrom = target.first();
        rows = newRows;
        factor = newFactor;
        scale = newScale;
        sums[TOTAL] = 0;
        sums[BLOCK] = 0;
        relay.open((newRows + pieceRows - 1) / pieceRows);
        try {
            workers.run(work, threads, threads);
        } finally { // the data may be its owner's alone by the next step
            x = MemorySegment.NULL;
            xIndex = MemorySegment.NULL;
            t = MemorySegment.NULL;
            tIndex = MemorySegment.NULL;
        }
        return sums[TOTAL] + sums[BLOCK];
    }

    /// All pieces that this worker comes to, whichever `part` it was called for.
    private void takePieces(int part, int worker) {
        MemorySegment scratch = workers.workspace(worker).scratch();
        boolean done = false;
        try {
            do {
                int piece = relay.take();
                done = piece < 0 || !takePiece(piece, worker, scratch);
            } while (!done);
        } finally {
            if (!done) {
                relay.fail();
            }
        }
    }

    /// Takes a piece as far as it goes; false if one before it has failed.
    private boolean takePiece(int piece, int worker, MemorySegment scratch) {
        int first = piece * pieceRows;
        int n = Math.min(pieceRows, rows - first);
        Kernels.REGRESSION.errors(y, yStride, losses, x, xStride, xIndex, xFrom, t, tStride, tIndex, tFrom,
                weight.value().segment(), bias.value().segment(), first, n, weight.cols(), factor, scale, scratch);
        if (!relay.await(FIRST_HALF, piece, worker)) {
            return false;
        }
        addColumns(0, half, first, n, scratch);
        relay.pass(FIRST_HALF, piece);
        if (!relay.await(SECOND_HALF, piece, worker)) {
            return false;
        }
        addColumns(half, weight.cols() - half, first, n, scratch);
        relay.pass(SECOND_HALF, piece);
        if (!relay.await(ERRORS, piece, worker)) {
            return false;
        }
        addErrors(first, n, scratch);
        relay.pass(ERRORS, piece);
        return true;
    }

    private void addColumns(int firstIn, int ins, int first, int n, MemorySegment scratch) {
        Kernels.REGRESSION.addGradient(x, xStride, xIndex, xFrom, weightSum.sumsFor(first, firstIn, ins), first, n,
                firstIn, ins, scratch);
    }

    private void addErrors(int first, int n, MemorySegment scratch) {
        if (first % WideKernels.BLOCK_ROWS == 0) {
            sums[TOTAL] += sums[BLOCK];
        }
        sums[BLOCK] = Kernels.REGRESSION.addErrors(sums[BLOCK], losses, biasSum.sumsFor(first), first, n, scratch);
    }
}
