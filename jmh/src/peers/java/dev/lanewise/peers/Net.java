// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import java.util.Arrays;

/// Linear layers with these widths, ReLU between them, each ReLU followed by dropout if there is any.
///
/// One output is a regression with mean squared error, more are classes with cross-entropy.
public record Net(float dropout, int... widths) {
    static Net of(int... widths) {
        return new Net(0, widths);
    }

    Net withoutDropout() {
        return new Net(0, widths);
    }

    /// Number of linear layers.
    public int layers() {
        return widths.length - 1;
    }

    public int in() {
        return widths[0];
    }

    public int out() {
        return widths[widths.length - 1];
    }

    public boolean isRegression() {
        return out() == 1;
    }

    /// Floating-point operations of a training step for each row: the forward pass, both gradients, and no gradient of
    /// the features.
    double flopsPerRow() {
        double products = 0;
        for (int i = 0; i < layers(); i++) {
            products += (i == 0 ? 2.0 : 3.0) * widths[i] * widths[i + 1];
        }
        return 2 * products;
    }

    @Override
    public String toString() {
        String shape = String.join("-", Arrays.stream(widths).mapToObj(Integer::toString).toList());
        return (layers() > 1 ? "MLP " : isRegression() ? "linear regression " : "softmax regression ") + shape
                + (dropout > 0 ? ", dropout " + dropout : "");
    }
}
