// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.lanewise.memory.OffHeap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelWarmUpTest {
    private final long before = OffHeap.openBytes();

    @AfterEach
    void itsMemoryIsFree() {
        assertEquals(before, OffHeap.openBytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--data idx:mnist", "--data=idx:mnist --epochs 3 --batch-size 32 --lr 0.2",
            "--data idx:mnist --seed 4 --threads 2 --json --out x.safetensors"})
    void whatBeganAtAGlanceGoesOn(String line) {
        try (KernelWarmUp early = KernelWarmUp.atAGlance(words(line))) {
            assertNotNull(early);
            assertSame(early, KernelWarmUp.start(options(line), early));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--data digits", "--data a.csv --label idx", "--data idx:mnist --hidden 32",
            "--hidden=32 --data idx:mnist", "--data idx:mnist --scale standard", "--data idx:mnist --optimizer adam",
            "--data idx:mnist --momentum 0.9 --nesterov", "--data idx:mnist --weight-decay 0.1",
            "--data idx:mnist --help"})
    void whatTakesMoreThanAGlanceWaits(String line) {
        assertNull(KernelWarmUp.atAGlance(words(line)));
    }

    @Test
    void aGlanceMayErr() {
        String line = "--data a.csv --label idx:x";
        try (KernelWarmUp early = KernelWarmUp.atAGlance(words(line))) {
            assertNotNull(early);
            assertNull(KernelWarmUp.start(options(line), early), "nothing is known of a CSV file before it is read");
        }
        line = "--data digits --out idx:x";
        try (KernelWarmUp early = KernelWarmUp.atAGlance(words(line));
                KernelWarmUp right = KernelWarmUp.start(options(line), early)) {
            assertNotNull(right);
            assertNotSame(early, right);
        }
    }

    private static TrainOptions options(String line) {
        return TrainOptions.of(Arguments.parse(Syntax.TRAIN, words(line)));
    }

    private static String[] words(String line) {
        return line.isEmpty() ? new String[0] : line.split(" ");
    }
}
