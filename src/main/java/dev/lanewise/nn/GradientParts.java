// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

/// The parts of the parameter gradients of all layers, numbered so that consecutive ones, a thread's share, are as much
/// of the large layers as of the small ones: the first share of every layer, then the second ones. In a share come the
/// first parts of all layers, which are the large ones, before the second.
final class GradientParts {
    private final Layer[] layers;
    /// How many parts each layer has.
    private final int[] parts;
    /// Layer and part by number.
    private int[] layerOf = new int[0];
    private int[] partOf = new int[0];
    private int count;

    GradientParts(Layer[] layers) {
        this.layers = layers;
        this.parts = new int[layers.length];
    }

    /// Numbers the parts of the layers that are `trained` for `threads` threads.
    void number(boolean[] trained, int threads) {
        int total = 0;
        for (int i = 0; i < layers.length; i++) {
            parts[i] = trained[i] ? layers[i].gradientParts(threads) : 0;
            total += parts[i];
        }
        if (layerOf.length < total) {
            layerOf = new int[total];
            partOf = new int[total];
        }
        count = 0;
        for (int share = 0; share < threads; share++) {
            int turn = 0;
            while (takeTurn(share, turn, threads)) {
                turn++;
            }
        }
    }

    /// Numbers the parts with which a share goes on; false if it has none left.
    private boolean takeTurn(int share, int turn, int threads) {
        int before = count;
        for (int i = 0; i < layers.length; i++) {
            int part = shareBegin(i, share, threads) + turn;
            if (part < shareBegin(i, share + 1, threads)) {
                layerOf[count] = i;
                partOf[count] = part;
                count++;
            }
        }
        return count > before;
    }

    private int shareBegin(int layer, int share, int threads) {
        return (int) ((long) parts[layer] * share / threads);
    }

    int count() {
        return count;
    }

    /// Does the part of this number.
    void run(int number, LayerInput[] inputs, PassMemory memory, int rows, Workspace workspace) {
        int i = layerOf[number];
        layers[i].parameterGradient(inputs[i], memory.gradient(i), rows, partOf[number], parts[i], workspace);
    }
}
