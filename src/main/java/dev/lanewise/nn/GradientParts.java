// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.parallel.WorkerTeam;

/// The parts of the parameter gradients of all layers, numbered so that consecutive ones, a thread's share, are as much
/// of the large layers as of the small ones: the first share of every layer, then the second ones. In a share come the
/// first parts of all layers, which are the large ones, before the second.
///
/// The team cuts the numbers into shares of its own; what a layer's parts leave over when they are divided by the threads
/// fills the places that are left in these.
final class GradientParts {
    private final Layer[] layers;
    /// How many parts each layer has, those of its parts that are numbered, and how many it has left over.
    private final int[] parts;
    private final int[] numbered;
    private final int[] over;
    private int threads;
    /// Layer and part by number.
    private int[] layerOf = new int[0];
    private int[] partOf = new int[0];
    private int count;

    GradientParts(Layer[] layers) {
        this.layers = layers;
        this.parts = new int[layers.length];
        this.numbered = new int[layers.length];
        this.over = new int[layers.length];
    }

    /// Numbers the parts of the layers that are `trained` for `newThreads` threads.
    void number(boolean[] trained, int newThreads) {
        boolean same = newThreads == threads;
        int total = 0;
        for (int i = 0; i < layers.length; i++) {
            int now = trained[i] ? layers[i].gradientParts(newThreads) : 0;
            same &= now == parts[i];
            parts[i] = now;
            total += now;
        }
        if (same) {
            return; // batch after batch
        }
        threads = newThreads;
        if (layerOf.length < total) {
            layerOf = new int[total];
            partOf = new int[total];
        }
        for (int i = 0; i < layers.length; i++) {
            numbered[i] = 0;
            over[i] = parts[i] % threads;
        }
        count = 0;
        for (int share = 0; share < threads; share++) {
            numberShare(WorkerTeam.shareBegin(share + 1, threads, total));
        }
    }

    /// Numbers parts up to `end`: of each layer as many as each share gets, and of what is left over as many as fit.
    private void numberShare(int end) {
        int room = end - count;
        for (int i = 0; i < layers.length; i++) {
            room -= parts[i] / threads;
        }
        int turn = 0;
        while (count < end) {
            for (int i = 0; i < layers.length; i++) {
                if (turn < parts[i] / threads) {
                    take(i);
                } else if (room > 0 && over[i] > 0) {
                    over[i]--;
                    room--;
                    take(i);
                }
            }
            turn++;
        }
    }

    private void take(int layer) {
        layerOf[count] = layer;
        partOf[count] = numbered[layer]++;
        count++;
    }

    int count() {
        return count;
    }

    /// The layer of a number.
    int layer(int number) {
        return layerOf[number];
    }

    /// The part of that layer.
    int part(int number) {
        return partOf[number];
    }

    /// Does the part of this number.
    void run(int number, LayerInput[] inputs, PassMemory memory, int rows, Workspace workspace) {
        int i = layerOf[number];
        layers[i].parameterGradient(inputs[i], memory.gradient(i), rows, partOf[number], parts[i], workspace);
    }
}
