// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import org.jspecify.annotations.Nullable;

/// Data for training and, if there is any, data for testing.
///
/// **Ownership**: closes both.
public final class TrainTest implements AutoCloseable {
    private final Dataset train;
    private final @Nullable Dataset test;

    /// Takes ownership of both.
    public TrainTest(Dataset train, Dataset test) {
        this.train = train;
        this.test = test;
    }

    /// Takes ownership of data that is all for training.
    public TrainTest(Dataset train) {
        this.train = train;
        this.test = null;
    }

    /// The rows to train on.
    public Dataset train() {
        return train;
    }

    /// Whether there are rows to test on.
    public boolean hasTest() {
        return test != null;
    }

    /// The rows to test on.
    ///
    /// **Throws** `IllegalStateException` if there are none.
    public Dataset test() {
        if (test == null) {
            throw new IllegalStateException("TrainTest.test: there are no test rows; ask hasTest() first");
        }
        return test;
    }

    /// Closes both; harmless a second time.
    @Override
    public void close() {
        train.close();
        if (test != null) {
            test.close();
        }
    }

    @Override
    public String toString() {
        return "TrainTest: " + train + " and " + (test == null ? "no test rows" : test.toString());
    }
}
