// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.StateTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// A copy of everything that a module has learnt, for later: its parameters, and its buffers, without which they do not
/// predict the same.
///
/// It is on the heap, since it outlives runs and nobody closes it. The bits are copied as integers: a counter's may look
/// like NaN.
final class BestState {
    private final Module net;
    private final List<int[]> copies = new ArrayList<>();

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
        for (int i = 0; i < values.size(); i++) {
            if (copies.size() == i) {
                copies.add(new int[Math.toIntExact(values.get(i).paddedSize())]);
            }
            int[] copy = copies.get(i);
            MemorySegment.copy(values.get(i).segment(), ValueLayout.JAVA_INT, 0, copy, 0, copy.length);
        }
    }

    /// Copies the values back.
    void restore() {
        List<FloatMatrix> values = values(net);
        net.parameters().forEach(Parameter::changed);
        for (int i = 0; i < copies.size(); i++) {
            int[] copy = copies.get(i);
            MemorySegment.copy(copy, 0, values.get(i).segment(), ValueLayout.JAVA_INT, 0, copy.length);
        }
    }
}
