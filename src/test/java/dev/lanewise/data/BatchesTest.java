// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.memory.AllocatedBytes;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.OffHeap;
import dev.lanewise.random.TorchRandom;
import dev.lanewise.random.TorchValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeak.class)
class BatchesTest {
    /// `rows` rows whose only feature is the row number, and whose target is ten times that.
    private static Dataset numbered(int rows) {
        float[] x = new float[rows];
        float[] y = new float[rows];
        for (int i = 0; i < rows; i++) {
            x[i] = i;
            y[i] = 10 * i;
        }
        return Dataset.of(x, rows, 1, y);
    }

    /// The rows of the next epoch in their order; checks that features and targets belong together.
    private static List<Integer> epoch(Batches batches) {
        List<Integer> rows = new ArrayList<>();
        for (Batch batch : batches) {
            for (int r = 0; r < batch.size(); r++) {
                float value = batch.x().get(r, 0);
                assertEquals(10 * value, batch.y().get(r, 0));
                rows.add((int) value);
            }
        }
        return rows;
    }

    @ParameterizedTest
    @CsvSource({"10, 1, 10, 10", "10, 3, 4, 3", "10, 5, 2, 2", "10, 9, 2, 1", "10, 10, 1, 1", "10, 11, 1, 0",
            "1, 1, 1, 1",
            "1, 256, 1, 0", "257, 256, 2, 1"})
    void theLastBatchMayBeShortOrLeftOut(int rows, int batchSize, int batches, int wholeBatches) {
        try (Dataset data = numbered(rows)) {
            Batches all = data.batches(batchSize);
            assertEquals(Math.min(batchSize, rows), all.batchSize());
            assertEquals(batches, all.size());
            assertEquals(rows, all.rows());
            int count = 0;
            for (Batch batch : all) {
                int expected = Math.min(all.batchSize(), rows - count * all.batchSize());
                assertEquals(expected, batch.size());
                assertEquals(expected, batch.y().count());
                assertEquals(0, batch.x().index().byteSize(), "unshuffled rows need no index");
                count++;
            }
            assertEquals(batches, count);
            Batches whole = data.batches(batchSize).shuffle(3);
            if (wholeBatches == 0) { // PyTorch's loader has no batch then
                assertMessage(IllegalArgumentException.class, "Batches.dropLast: the only batch of an epoch has " + rows
                        + " rows and the batch size is " + batchSize + ", so that no batch would be left; expected a"
                        + " batch size of at most " + rows + ", or all batches", whole::dropLast);
                return;
            }
            whole.dropLast();
            assertEquals(wholeBatches, whole.size());
            assertEquals(wholeBatches * whole.batchSize(), epoch(whole).size());
        }
    }

    /// As `DataLoader(..., shuffle=True)` after `torch.manual_seed(9)`, with a loader that does not shuffle in between.
    @Test
    void torchShufflesAsItsLoader() {
        try (Dataset data = numbered(13)) {
            TorchRandom random = new TorchRandom(9);
            Batches batches = data.batches(4).shuffle(1).shuffle(random);
            for (int epoch = 0; epoch < 3; epoch++) {
                List<Integer> expected = Arrays.stream(TorchValues.integers("loader " + epoch))
                        .mapToObj(Math::toIntExact)
                        .toList();
                assertEquals(expected, epoch(batches), "epoch " + epoch);
                random.nextSeed();
            }
            assertEquals(epoch(data.batches(4).shuffle(1)), epoch(batches.shuffle(1).epoch(0)), "our own again");
        }
    }

    @Test
    void unshuffledEpochsHaveTheRowsInOrder() {
        try (Dataset data = numbered(7)) {
            Batches batches = data.batches(3);
            assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), epoch(batches));
            assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), epoch(batches));
            assertEquals(2, batches.epoch());
            assertEquals("Batches of 3 from 7 rows", batches.toString());
            Iterator<Batch> full = data.fullBatch().iterator();
            assertEquals("Batch of 7 rows", full.next().toString());
            assertFalse(full.hasNext());
            assertEquals("Batches of 7 from 7 rows: epoch 0 has no more batches",
                    assertThrows(NoSuchElementException.class, full::next).getMessage());
        }
    }

    @Test
    void theOrderIsAFunctionOfSeedAndEpoch() {
        List<List<Integer>> first = new ArrayList<>();
        try (Dataset data = numbered(100)) {
            Batches batches = data.batches(7).shuffle(11);
            for (int e = 0; e < 4; e++) {
                first.add(epoch(batches));
                BitSet seen = new BitSet();
                first.get(e).forEach(seen::set);
                assertEquals(100, seen.cardinality(), "every row once");
            }
        }
        try (Dataset data = numbered(100)) {
            Batches resumed = data.batches(20).shuffle(11).epoch(2);
            assertEquals(first.get(2), epoch(resumed), "neither earlier epochs nor the batch size matter");
            assertEquals(first.get(3), epoch(resumed));
            assertEquals(first.get(0), epoch(resumed.epoch(0)));
            assertNotEquals(first.get(0), first.get(1));
            assertNotEquals(first.get(0), epoch(data.batches(7).shuffle(12)));
        }
    }

    @Test
    void everySeedIsLegalAndDistinct() {
        List<List<Integer>> orders = new ArrayList<>();
        try (Dataset data = numbered(50)) {
            for (long seed : new long[]{0, -1, 1, Long.MIN_VALUE, Long.MAX_VALUE}) {
                List<Integer> order = epoch(data.batches(50).shuffle(seed));
                assertFalse(orders.contains(order), "seed " + seed);
                orders.add(order);
            }
        }
    }

    @Test
    void theOrderNeverChanges() {
        try (Dataset data = numbered(10)) {
            Batches batches = data.batches(10).shuffle(0);
            assertEquals(List.of(1, 3, 6, 4, 5, 0, 7, 8, 2, 9), epoch(batches));
            assertEquals(List.of(7, 6, 0, 8, 3, 5, 9, 4, 1, 2), epoch(batches));
        }
    }

    @Test
    void oneBatchIsReusedAndOneWalkGoesOnAtATime() {
        try (Dataset data = numbered(6)) {
            Batches batches = data.batches(2);
            Iterator<Batch> old = batches.iterator();
            Batch batch = old.next();
            assertSame(batch, old.next());
            Iterator<Batch> young = batches.iterator();
            assertEquals(
                    "Batches of 2 from 6 rows: the walk through epoch 0 has ended because another was started; "
                            + "make a second Batches to walk twice at a time",
                    assertThrows(IllegalStateException.class, old::next).getMessage());
            assertSame(batch, young.next());
            assertEquals("Batches.epoch: epoch is -1, expected 0 or more",
                    assertThrows(IllegalArgumentException.class, () -> batches.epoch(-1)).getMessage());
        }
    }

    @Test
    void closingFreesTheOrderAlone() {
        try (Dataset data = numbered(10)) {
            long before = OffHeap.openBytes();
            Batches batches = data.batches(4).shuffle(0);
            Iterator<Batch> walk = batches.iterator();
            assertEquals(before + 40, OffHeap.openBytes());
            batches.close();
            batches.close();
            assertEquals(before, OffHeap.openBytes());
            assertEquals("Batches of 4 from 10 rows is closed",
                    assertThrows(IllegalStateException.class, walk::next).getMessage());
            assertEquals(10, epoch(data.batches(4)).size());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void loadArrayShufflesForTraining(boolean isTrain) {
        try (Dataset data = numbered(9);
                Batches batches = Batches.loadArray(data.features(), data.targets(), 4, isTrain);
                Batches expected = isTrain ? data.batches(4).shuffle(0) : data.batches(4)) {
            assertEquals(epoch(expected), epoch(batches));
            assertEquals(epoch(expected), epoch(batches));
        }
    }

    @Test
    void loadArrayChecksTheTables() {
        FloatMatrix x = FloatMatrix.allocate(3, 2);
        try (ClassLabels y = ClassLabels.allocate(2)) {
            assertEquals("Batches: 3 rows of features but 2 rows of targets, expected equal numbers",
                    assertThrows(IllegalArgumentException.class, () -> Batches.loadArray(x, y, 1, true)).getMessage());
        }
        Batches orphaned = Batches.loadArray(x, x, 1, false);
        x.close();
        assertEquals("FloatMatrix (3, 2) is closed",
                assertThrows(IllegalStateException.class, orphaned::iterator).getMessage());
    }

    /// In one of the epochs: in others the JIT may take something in the name of this thread.
    @Test
    @Tag("allocation")
    void walkingAllocatesNothingPerBatch() {
        try (Dataset data = numbered(20_000)) {
            Batches batches = data.batches(10).shuffle(1);
            long least = Long.MAX_VALUE;
            int epochs = 0;
            long rows = 0;
            for (; epochs < 100 && least > 0; epochs++) {
                Iterator<Batch> walk = batches.iterator();
                long before = AllocatedBytes.now();
                while (walk.hasNext()) {
                    rows += walk.next().size();
                }
                least = Math.min(least, AllocatedBytes.now() - before);
            }
            assertEquals(20_000L * epochs, rows);
            assertEquals(0, least, "bytes for 2,000 batches");
        }
    }
}
