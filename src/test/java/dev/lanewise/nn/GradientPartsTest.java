// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.parallel.WorkerTeam;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GradientPartsTest {
    /// Layers of widths one behind the other; the second of three widths is not trained.
    private static Layer[] layers(int... widths) {
        Layer[] layers = new Layer[widths.length - 1];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new Linear(widths[i], widths[i + 1]);
        }
        return layers;
    }

    private static void close(Layer[] layers) {
        Stream.of(layers).forEach(Layer::close);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 16, 61})
    void everyPartHasOneNumberAndEveryShareItsPartOfEachLayer(int threads) {
        for (int[] widths : new int[][]{{784, 32, 10}, {784, 512, 256, 10}, {17, 20, 3}, {2, 1}, {200, 40, 30, 20}}) {
            Layer[] layers = layers(widths);
            boolean[] trained = new boolean[layers.length];
            Arrays.fill(trained, true);
            trained[layers.length / 2] = layers.length < 3;
            GradientParts gradientParts = new GradientParts(layers);
            gradientParts.number(trained, threads);
            String of = Arrays.toString(widths) + " for " + threads + " threads";
            int[] next = new int[layers.length];
            for (int share = 0; share < threads; share++) {
                int[] before = next.clone();
                int end = WorkerTeam.shareBegin(share + 1, threads, gradientParts.count());
                for (int at = WorkerTeam.shareBegin(share, threads, gradientParts.count()); at < end; at++) {
                    int layer = gradientParts.layer(at);
                    assertEquals(next[layer]++, gradientParts.part(at), of);
                }
                for (int i = 0; i < layers.length; i++) {
                    int parts = trained[i] ? layers[i].gradientParts(threads) : 0;
                    assertTrue(next[i] - before[i] >= parts / threads, of);
                }
            }
            for (int i = 0; i < layers.length; i++) {
                assertEquals(trained[i] ? layers[i].gradientParts(threads) : 0, next[i], of);
            }
            close(layers);
        }
    }

    /// 16 parts of the first layer and 2 of the second are shares of 5, 4, 5 and 4.
    @Test
    void sharesBeginWithALargePart() {
        Layer[] layers = layers(784, 32, 10);
        GradientParts gradientParts = new GradientParts(layers);
        gradientParts.number(new boolean[]{true, true}, 4);
        assertEquals(18, gradientParts.count());
        for (int share = 0; share < 4; share++) {
            int first = WorkerTeam.shareBegin(share, 4, 18);
            assertEquals(0, gradientParts.layer(first));
            assertEquals(4 * share, gradientParts.part(first));
        }
        close(layers);
    }

    @Test
    void numbersAnewForOtherThreadsAndOtherLayers() {
        Layer[] layers = layers(784, 32, 10);
        GradientParts gradientParts = new GradientParts(layers);
        gradientParts.number(new boolean[]{true, true}, 4);
        gradientParts.number(new boolean[]{true, true}, 2);
        int two = gradientParts.count();
        assertTrue(two < 18);
        gradientParts.number(new boolean[]{false, true}, 2);
        assertEquals(layers[1].gradientParts(2), gradientParts.count());
        gradientParts.number(new boolean[]{true, true}, 2);
        assertEquals(two, gradientParts.count());
        close(layers);
    }
}
