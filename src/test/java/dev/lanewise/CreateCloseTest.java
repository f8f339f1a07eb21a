// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Batch;
import dev.lanewise.data.Dataset;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.OffHeap;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.SGD;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A service that trains a small model for each request: nothing may stay behind.
@ExtendWith({NoLeak.class, RandomTables.class})
class CreateCloseTest {
    private static final int CYCLES = Integer.getInteger("lanewise.test.cycles", 10_000);
    private static final Path STATUS = Path.of("/proc/self/status");

    @Test
    void noByteStaysOpen() throws IOException {
        long open = OffHeap.openBytes();
        for (int i = 0; i < CYCLES / 10; i++) {
            cycle(i);
        }
        long before = residentKilobytes();
        for (int i = 0; i < CYCLES; i++) {
            cycle(i);
            assertEquals(open, OffHeap.openBytes(), "after cycle " + i);
        }
        Assumptions.assumeTrue(before > 0, "no /proc/self/status on this system");
        long growth = residentKilobytes() - before;
        // a leak of the model alone, some 20 KB of native memory, would come to 200 MB
        assertTrue(growth < 100 * 1024, "resident memory grew by " + growth + " KB");
    }

    private static void cycle(int seed) {
        SplittableRandom random = RandomTables.random(seed);
        try (Dataset data = Dataset.of(RandomTables.floats(random, 8, 3), RandomTables.labels(random, 8, 2));
                Sequential net = new Sequential(new Linear(3, 20), new Linear(20, 2, false));
                Trainer trainer = new Trainer(net, new CrossEntropyLoss(), new SGD(net.parameters(), 0.1f))) {
            for (Batch batch : data.batches(4).shuffle(seed)) {
                trainer.trainStep(batch);
            }
            Fit.evaluateAccuracy(net, data);
        }
    }

    private static long residentKilobytes() throws IOException {
        System.gc();
        return Files.exists(STATUS) ? Files.readAllLines(STATUS).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", ""))).findFirst().orElse(0) : 0;
    }
}
