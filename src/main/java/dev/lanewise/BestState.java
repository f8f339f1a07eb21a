// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.StateTensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/// A copy of everything that a module has learnt, for later: its parameters, and its buffers, without which they do not
/// predict the same.
///
/// The memory is given back when the collector finds that nobody has this object any more: it outlives runs, so that no
/// run can free it.
final class BestState {
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
            long bytes = (long) value.rows() * FloatMatrix.stride(value.cols()) * Float.BYTES;
            copies.add(FloatMatrix.wrap(Arena.ofAuto().allocate(bytes, (long) FloatMatrix.LANES * Float.BYTES),
                    value.rows(), value.cols()));
        }
        for (int i = 0; i < copies.size(); i++) {
            copies.get(i).copyFrom(values.get(i));
        }
    }

    /// Copies the values back.
    void restore() {
        List<FloatMatrix> values = values(net);
        for (int i = 0; i < copies.size(); i++) {
            values.get(i).copyFrom(copies.get(i));
        }
    }
}
