// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.parallel.WorkerTeam;
import org.jspecify.annotations.Nullable;

/// The two passes that a module keeps in turn, so that the losses of two batches can be added up, and their workers.
final class Passes implements AutoCloseable {
    private final Workers workers;
    private final Pass even;
    private final Pass odd;
    private boolean atOdd;

    Passes(Module net, @Nullable WorkerTeam team) {
        Layer[] layers = net.layers().values().toArray(Layer[]::new);
        workers = new Workers(net.toString(), team);
        even = new Pass(net, layers, workers);
        odd = new Pass(net, layers, workers);
    }

    Pass next() {
        atOdd = !atOdd;
        return atOdd ? odd : even;
    }

    long bytesOffHeap() {
        return workers.bytesOffHeap() + even.bytesOffHeap() + odd.bytesOffHeap();
    }

    @Override
    public void close() {
        even.close();
        odd.close();
        workers.close();
    }
}
