// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.NativeBuffer;

/// The two passes that a module keeps in turn, so that the losses of two batches can be added up, and their scratch.
final class Passes implements AutoCloseable {
    private final NativeBuffer scratch;
    private final Pass even;
    private final Pass odd;
    private boolean atOdd;

    Passes(Module net) {
        Layer[] layers = net.layers().values().toArray(Layer[]::new);
        long floats = 0;
        for (Layer layer : layers) {
            floats = Math.max(floats, layer.scratchFloats());
        }
        scratch = NativeBuffer.allocate("scratch of " + net, floats * Float.BYTES);
        even = new Pass(net, layers, scratch);
        odd = new Pass(net, layers, scratch);
    }

    Pass next() {
        atOdd = !atOdd;
        return atOdd ? odd : even;
    }

    long bytesOffHeap() {
        return scratch.segment().byteSize() + even.bytesOffHeap() + odd.bytesOffHeap();
    }

    @Override
    public void close() {
        even.close();
        odd.close();
        scratch.close();
    }
}
