// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

/// A workload in the hands of a contender.
public interface Work extends AutoCloseable {
    /// Back to the initial weights.
    void reset();

    /// The work whose time is taken: an epoch, all rows one by one, or one product, this many times.
    void repeat(int times);

    /// The nanoseconds of [#repeat].
    default long time(int times) {
        long start = System.nanoTime();
        repeat(times);
        return System.nanoTime() - start;
    }

    /// The same work done from the start in the given order of rows, with everything that can be compared.
    Evidence evidence();

    @Override
    void close();
}
