// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.StateTensor;
import java.util.ArrayList;
import java.util.List;

/// A copy of everything that a module has learnt, for later: its parameters, and its buffers, without which they do not
/// predict the same.
final class BestState implements AutoCloseable {
    private final Module net;
    private final List<FloatMatrix> copies = new ArrayList<>();

    BestState(Module net) {
        this.net = net;
    }

    /// Buffers are among them: weights are the best ones only together with the running statistics of their time.
    private static List<FloatMatrix> values(Module net) {
        return net.namedState().values().stream().map(StateTensor::value).toList();
    }

    /// Copies the present values over those of before.
    void keep() {
        List<FloatMatrix> values = values(net);
        while (copies.size() < values.size()) {
            FloatMatrix value = values.get(copies.size());
            copies.add(FloatMatrix.allocate(value.rows(), value.cols()));
        }
        for (int i = 0; i < copies.size(); i++) {
            copies.get(i).copyFrom(values.get(i));
        }
    }

    /// Copies the values back, if there are any; whether there are.
    boolean restore() {
        List<FloatMatrix> values = values(net);
        for (int i = 0; i < copies.size(); i++) {
            values.get(i).copyFrom(copies.get(i));
        }
        return !copies.isEmpty();
    }

    @Override
    public void close() {
        copies.forEach(FloatMatrix::close);
        copies.clear();
    }
}
