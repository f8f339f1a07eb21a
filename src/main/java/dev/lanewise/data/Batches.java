// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import dev.lanewise.kernel.RandomStreams;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.memory.Table;
import dev.lanewise.random.TorchRandom;
import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// The minibatches of a data set, epoch after epoch.
///
/// Each [#iterator] walks through the next epoch, counted from 0. Without [#shuffle] every epoch has the rows in their
/// order; with it, the order is a function of the seed and the number of the epoch alone, so that a resumed run
/// continues exactly where it stopped once [#epoch(int)] has been set. The last batch may be short.
///
/// ```java
/// for (int epoch = 0; epoch < 3; epoch++) {
///     for (Batch batch : batches) { ... }
/// }
/// ```
///
/// The [Batch] is one reused object; a walk allocates nothing per batch. Only one walk at a time: starting the next
/// epoch ends the one before, whose iterator then throws.
///
/// **Ownership**: shuffling needs 4 bytes of native memory a row, which [#close] frees; closing a [Dataset] closes the
/// batches it has made. The rows stay with their owner. **Threads**: one at a time.
///
/// **Throws** `IllegalStateException` from everything that needs the rows after close.
public final class Batches implements Iterable<Batch>, AutoCloseable {
    private final Table features;
    private final Batch batch;
    private final int batchSize;
    private final int askedSize;
    private boolean dropLast;
    private boolean shuffled;
    private long seed;
    private @Nullable TorchRandom torch; // where the orders come from instead of the seed
    private int epoch;
    private @Nullable NativeBuffer order; // (rows) ints: the rows in the order of the epoch
    private @Nullable Walk current;
    private @Nullable Walk underWay; // null as soon as another epoch has been asked for
    private int skipped; // batches at the begin of the next walk
    private boolean open = true;

    Batches(Table features, Table targets, @Nullable FloatMatrix weights, int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("Batches: batch size is " + batchSize + ", expected at least 1");
        }
        if (targets.rows() != features.rows()) {
            throw new IllegalArgumentException("Batches: " + features.rows() + " rows of features but "
                    + targets.rows() + " rows of targets, expected equal numbers");
        }
        this.features = features;
        this.batch = new Batch(features, targets, weights);
        this.askedSize = batchSize;
        this.batchSize = Math.min(batchSize, features.rows());
    }

    /// The tutorials' `load_array`: minibatches of rows that stay with the caller, shuffled with seed 0 if they are for
    /// training, in order if not.
    ///
    /// **Throws** `IllegalArgumentException` if the batch size is less than 1 or the numbers of rows differ.
    public static Batches loadArray(Table features, Table labels, int batchSize, boolean isTrain) {
        Batches batches = new Batches(features, labels, null, batchSize);
        return isTrain ? batches.shuffle(0) : batches;
    }

    /// Number of features of a row.
    public int cols() {
        return features.cols();
    }

    /// Shuffles anew in each epoch, as a function of `newSeed` and the number of the epoch; any seed is legal.
    public Batches shuffle(long newSeed) {
        shuffled = true;
        seed = newSeed;
        torch = null;
        return this;
    }

    /// Shuffles anew in each epoch in the order of PyTorch's `DataLoader(..., shuffle=True)`, which takes the numbers for
    /// it from the global stream: [TorchRandom#loaderOrder].
    ///
    /// The order depends on what has been drawn before: [#epoch(int)] numbers the epochs, but cannot move the stream.
    public Batches shuffle(TorchRandom random) {
        shuffled = true;
        torch = random;
        return this;
    }

    /// Leaves out the last batch of each epoch if it would be short.
    ///
    /// **Throws** `IllegalArgumentException` if that is the only one: the epochs of PyTorch's loader have no batch
    /// then.
    public Batches dropLast() {
        if (askedSize > rows()) {
            throw new IllegalArgumentException("Batches.dropLast: the only batch of an epoch has " + rows()
                    + " rows and the batch size is " + askedSize + ", so that no batch would be left; expected a batch"
                    + " size of at most " + rows() + ", or all batches");
        }
        dropLast = true;
        return this;
    }

    /// The epoch that the next [#iterator] walks through.
    public int epoch() {
        return epoch;
    }

    /// Sets the epoch that the next [#iterator] walks through: where a resumed run continues.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative.
    public Batches epoch(int next) {
        if (next < 0) {
            throw new IllegalArgumentException("Batches.epoch: epoch is " + next + ", expected 0 or more");
        }
        epoch = next;
        skipped = 0;
        underWay = null;
        return this;
    }

    /// Where the walk is: behind the batch that has been handed out last, or, once it has said that there is no other, at
    /// the begin of the next epoch.
    ///
    /// **Throws** `IllegalStateException` if a [TorchRandom] shuffles, whose stream cannot be taken back.
    public BatchCursor cursor() {
        if (torch != null) {
            throw new IllegalStateException("Batches.cursor: " + this + " are shuffled by a TorchRandom, whose orders"
                    + " cannot be made again; expected shuffle(seed)");
        }
        Walk walk = underWay;
        return walk != null && walk.next > 0 && !walk.over
                ? cursor(walk.number, Math.ceilDiv(walk.next, batchSize))
                : cursor(epoch, skipped);
    }

    private BatchCursor cursor(int atEpoch, int atBatch) {
        return new BatchCursor(atEpoch, atBatch, rows(), batchSize, dropLast, shuffled, shuffled ? seed : 0);
    }

    /// Lets the next [#iterator] go on where `cursor` was: it hands out the rest of that epoch.
    ///
    /// **Throws** `IllegalArgumentException` as [#requireFit].
    public Batches cursor(BatchCursor cursor) {
        requireFit(cursor);
        epoch(cursor.epoch());
        skipped = cursor.batch();
        return this;
    }

    /// **Throws** `IllegalArgumentException` unless `cursor` is one of batches like these: as many rows, of the same size,
    /// shuffled by the same seed. Whether the rows are the same is not known.
    public void requireFit(BatchCursor cursor) {
        BatchCursor own = cursor(cursor.epoch(), cursor.batch());
        if (torch != null || !cursor.equals(own) || cursor.epoch() < 0 || cursor.batch() < 0
                || cursor.batch() > size()) {
            throw new IllegalArgumentException("Batches.cursor: " + cursor + " given, expected one of "
                    + (torch != null ? "batches shuffled by a seed"
                            : own + " with at most " + size() + " batches done"));
        }
    }

    /// Rows in a batch: as asked for, but never more than there are rows.
    public int batchSize() {
        return batchSize;
    }

    /// Number of batches in an epoch.
    public int size() {
        return dropLast ? rows() / batchSize : Math.ceilDiv(rows(), batchSize);
    }

    /// Number of rows of the data, including those that [#dropLast] leaves out.
    public int rows() {
        return features.rows();
    }

    /// Starts the next epoch.
    ///
    /// **Throws** `OffHeapMemoryException` if the memory for shuffling is refused.
    @Override
    public Iterator<Batch> iterator() {
        requireOpen();
        MemorySegment index = MemorySegment.NULL;
        if (shuffled) {
            if (order == null) {
                order = NativeBuffer.allocate("Batches: order of " + rows() + " rows", (long) rows() * Integer.BYTES);
            }
            index = order.segment();
            if (torch == null) {
                RandomStreams.permutation(RandomStreams.stream(seed, "shuffle", epoch), index, rows());
            } else {
                torch.loaderOrder(index, rows());
            }
        }
        current = new Walk(index, epoch, (int) Math.min((long) skipped * batchSize, rows()));
        underWay = current;
        skipped = 0;
        epoch++;
        return current;
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException(this + " is closed");
        }
        features.segment(); // throws by itself when the owner of the rows has closed them
    }

    /// Frees the memory for shuffling; harmless a second time.
    @Override
    public void close() {
        open = false;
        if (order != null) {
            order.close();
        }
    }

    @Override
    public String toString() {
        return "Batches of " + batchSize + " from " + rows() + " rows";
    }

    /// The walk through one epoch.
    private final class Walk implements Iterator<Batch> {
        private final MemorySegment index;
        private final int number;
        private final int end;
        private int next;
        private boolean over;

        Walk(MemorySegment index, int number, int next) {
            this.next = next;
            this.index = index;
            this.number = number;
            this.end = dropLast ? rows() / batchSize * batchSize : rows();
        }

        @Override
        public boolean hasNext() {
            over = next >= end;
            return !over;
        }

        @Override
        public Batch next() {
            if (current != this) {
                throw new IllegalStateException(Batches.this + ": the walk through epoch " + number
                        + " has ended because another was started; make a second Batches to walk twice at a time");
            }
            requireOpen();
            if (next >= end) {
                throw new NoSuchElementException(Batches.this + ": epoch " + number + " has no more batches");
            }
            int count = Math.min(batchSize, end - next);
            if (index.byteSize() == 0) {
                batch.moveTo(next, count);
            } else {
                batch.moveTo(index, next, count);
            }
            next += count;
            return batch;
        }
    }
}
