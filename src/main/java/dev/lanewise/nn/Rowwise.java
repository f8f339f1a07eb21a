// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import java.util.List;

/// A layer that maps each row by itself: no parameters, as many outputs as inputs.
abstract sealed class Rowwise extends Layer permits Softmax, LogSoftmax {
    /// About what an exponential and its share of the sums take, in multiply-adds.
    private static final int WORK_PER_VALUE = 4;

    @Override
    public int outFeatures(int features) {
        return features;
    }

    @Override
    List<Parameter> layerParameters() {
        return List.of();
    }

    @Override
    void checkInput(int rows, int cols) {
        // any will do
    }

    @Override
    long work(int cols) {
        return (long) WORK_PER_VALUE * cols;
    }
}
