// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.EarlyStopping;
import dev.lanewise.EpochReport;
import dev.lanewise.Every;
import dev.lanewise.Fit;
import dev.lanewise.FitListener;
import dev.lanewise.FitProgress;
import dev.lanewise.Monitor;
import dev.lanewise.Trainer;
import dev.lanewise.data.Batch;
import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.BatchNorm1d;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.SGD;
import dev.lanewise.random.TorchRandom;
import dev.lanewise.schedule.LRScheduler;
import dev.lanewise.schedule.OneCycleLR;
import dev.lanewise.schedule.StepLR;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Trainings that are stopped, and go on from a file in objects that are new: the same bits as in one go.
@ExtendWith({NoLeak.class, RandomTables.class})
class CheckpointTest {
    private static final int EPOCHS = 3;
    private static final int STEPS = 5; // of an epoch, the last with a short batch
    private static final int CLASSES = 3;

    private final SplittableRandom random = RandomTables.random(151);
    private final Dataset data = Dataset.of(RandomTables.floats(random, 43, 6),
            RandomTables.labels(random, 43, CLASSES));

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        data.close();
    }

    /// How a training is set up.
    enum Kind {
        /// A cycle over all steps, clipping.
        ADAM {
            @Override
            Optimizer optimizer(Sequential net) {
                return new Adam(net.parameters(), 0.01f).clipNorm(0.5);
            }

            @Override
            LRScheduler schedule(Optimizer optimizer) {
                return new OneCycleLR(optimizer, 0.05, EPOCHS * STEPS);
            }
        },
        /// Four batches to a step, over the ends of epochs; a rate for each epoch.
        GATHERED {
            @Override
            Optimizer optimizer(Sequential net) {
                return new SGD(net.parameters(), 0.2f).momentum(0.9f).accumulate(4);
            }

            @Override
            LRScheduler schedule(Optimizer optimizer) {
                return new StepLR(optimizer, 1).gamma(0.5);
            }
        };

        abstract Optimizer optimizer(Sequential net);

        abstract LRScheduler schedule(Optimizer optimizer);
    }

    /// Everything of a training: a new one is as it was at the first step.
    private final class Training implements AutoCloseable, FitListener {
        private final Sequential net = new Sequential(new Linear(6, 20), new BatchNorm1d(20), new ReLU(),
                new Dropout(0.3f), new Sequential(new Linear(20, CLASSES))).init(5);
        private final Batches batches = data.batches(10).shuffle(3);
        private final EarlyStopping stopping = new EarlyStopping(Monitor.VALIDATION_LOSS).restoreBest(false);
        private final Optimizer optimizer;
        private final Fit fit;
        private final Checkpoint checkpoint;
        private int stopAfterStep = -1;
        private int stopAfterEpoch = -1;

        Training(Kind kind) {
            optimizer = kind.optimizer(net);
            LRScheduler schedule = kind.schedule(optimizer);
            fit = new Fit(net, new CrossEntropyLoss(), optimizer).validation(data).earlyStopping(stopping)
                    .schedule(schedule, kind == Kind.ADAM ? Every.STEP : Every.EPOCH).listener(this);
            checkpoint = new Checkpoint(net, optimizer, batches)
                    .add("schedule", schedule::stateDict, schedule::loadStateDict)
                    .add("stopping", stopping::stateDict, stopping::loadStateDict);
        }

        private void save(FitProgress progress) {
            try {
                checkpoint.write(file(), false);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            progress.stop();
        }

        @Override
        public void stepEnd(FitProgress progress) {
            if (progress.steps() == stopAfterStep) {
                save(progress);
            }
        }

        @Override
        public void epochEnd(FitProgress progress, EpochReport report) {
            if (report.epoch() == stopAfterEpoch) {
                save(progress);
            }
        }

        String hash() {
            return WeightsHash.sha256(StateDict.of(net)) + " " + stopping.stateDict();
        }

        @Override
        public void close() {
            net.close();
        }
    }

    private Path file() {
        return folder.resolve("training.safetensors");
    }

    private String inOneGo(Kind kind) {
        try (Training through = new Training(kind)) {
            through.fit.run(through.batches, EPOCHS);
            return through.hash();
        }
    }

    private String resumed(Kind kind, int epochsDone) throws IOException {
        try (Training resumed = new Training(kind)) {
            resumed.net.init(99); // whatever it was before
            resumed.checkpoint.read(file());
            assertEquals(epochsDone, resumed.batches.epoch());
            if (epochsDone < EPOCHS) {
                resumed.fit.run(resumed.batches, EPOCHS - epochsDone);
            }
            Files.delete(file());
            return resumed.hash();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyStepCanBeTheLastOne(Kind kind) throws IOException {
        String expected = inOneGo(kind);
        for (int step = 1; step <= EPOCHS * STEPS; step++) {
            try (Training stopped = new Training(kind)) {
                stopped.stopAfterStep = step;
                stopped.fit.run(stopped.batches, EPOCHS);
            }
            assertEquals(expected, resumed(kind, (step - 1) / STEPS), "stopped after step " + step);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyEpochCanBeTheLastOne(Kind kind) throws IOException {
        String expected = inOneGo(kind);
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
            try (Training stopped = new Training(kind)) {
                stopped.stopAfterEpoch = epoch;
                stopped.fit.run(stopped.batches, EPOCHS);
            }
            assertEquals(expected, resumed(kind, epoch), "stopped after epoch " + epoch);
        }
    }

    /// Without Fit, and from one file over and over.
    @Test
    void aWrittenLoopGoesOn() throws IOException {
        String[] hashes = new String[3];
        for (int i = 0; i < hashes.length; i++) {
            try (Training training = new Training(Kind.ADAM);
                    Trainer trainer = new Trainer(training.net, new CrossEntropyLoss(),
                            training.optimizer)) {
                if (i == 2) {
                    training.checkpoint.read(file());
                }
                int step = 0;
                while (training.batches.epoch() < 2) {
                    for (Batch batch : training.batches) {
                        trainer.trainStep(batch);
                        if (i == 1 && ++step == 7) {
                            training.checkpoint.write(file(), true);
                        }
                    }
                }
                hashes[i] = training.hash();
            }
        }
        assertEquals(hashes[0], hashes[1], "saving changes nothing");
        assertEquals(hashes[0], hashes[2]);
    }

    @Test
    void equalTrainingsGiveEqualBytes() throws IOException {
        byte[][] bytes = new byte[2][];
        for (int i = 0; i < 2; i++) {
            try (Training training = new Training(Kind.GATHERED)) {
                training.stopAfterStep = 6;
                training.fit.run(training.batches, EPOCHS);
                bytes[i] = Files.readAllBytes(file());
                Files.delete(file());
            }
        }
        assertArrayEquals(bytes[0], bytes[1]);
    }

    private void save(Kind kind, int step) {
        try (Training stopped = new Training(kind)) {
            stopped.stopAfterStep = step;
            stopped.fit.run(stopped.batches, EPOCHS);
        }
    }

    /// What does not fit is refused before anything has changed.
    @Test
    void otherTrainingsAreRefused() {
        save(Kind.GATHERED, 6);
        try (Training other = new Training(Kind.ADAM); Batches wrong = data.batches(9).shuffle(3)) {
            String before = other.hash();
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                    () -> other.checkpoint.read(file()));
            assertTrue(refused.getMessage().startsWith("Optimizer.gathered: 2 batches given"), refused.getMessage());
            SGD sgd = new SGD(other.net.parameters(), 0.2f);
            assertMessage(IllegalArgumentException.class, "Checkpoint.read: the file has the additions 'schedule',"
                    + " 'stopping', expected none", () -> new Checkpoint(other.net, sgd, other.batches).read(file()));
            refused = assertThrows(IllegalArgumentException.class,
                    () -> new Checkpoint(other.net, sgd, wrong).add("schedule", () -> null, numbers -> {
                    }).add("stopping", () -> null, numbers -> {
                    }).read(file()));
            assertTrue(refused.getMessage().startsWith("Batches.cursor: BatchCursor[epoch=1, batch=1, rows=43,"
                    + " batchSize=10, dropLast=false, shuffled=true, seed=3] given, expected one of BatchCursor["),
                    refused.getMessage());
            try (Sequential smaller = new Sequential(new Linear(6, 20), new BatchNorm1d(20), new ReLU(),
                    new Dropout(0.3f), new Sequential(new Linear(20, 2)))) {
                refused = assertThrows(IllegalArgumentException.class,
                        () -> new Checkpoint(smaller, new SGD(smaller.parameters(), 0.1f), other.batches)
                                .add("schedule", () -> null, numbers -> {
                                }).add("stopping", () -> null, numbers -> {
                                }).read(file()));
                assertTrue(refused.getMessage().contains("of another shape '4.0.weight' [3, 20] for [2, 20]"),
                        refused.getMessage());
            }
            assertEquals(before, other.hash());
            assertEquals(0, other.batches.cursor().batch());
        }
    }

    @Test
    void filesThatAreNone() throws IOException {
        try (Training training = new Training(Kind.ADAM)) {
            assertThrows(NoSuchFileException.class, () -> training.checkpoint.read(file()));
            Path optimizer = folder.resolve("optimizer");
            try (var state = new SGD(training.net.parameters(), 0.1f).momentum(0.9f).state()) {
                OptimizerFile.write(optimizer, state, false);
            }
            assertMessage(ModelFormatException.class,
                    optimizer + ": no lanewise.checkpoint and lanewise.optimizer in the"
                            + " metadata, expected a checkpoint",
                    () -> training.checkpoint.read(optimizer));
        }
    }

    @Test
    void damagedFilesChangeNothing() throws IOException {
        save(Kind.GATHERED, 6);
        byte[] whole = Files.readAllBytes(file());
        try (Training training = new Training(Kind.GATHERED)) {
            String before = training.hash();
            for (int length : List.of(0, 7, 8, 100, 1000, whole.length / 2, whole.length - 1)) {
                try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
                    channel.truncate(0);
                }
                Files.write(file(), Arrays.copyOf(whole, length));
                assertThrows(ModelFormatException.class, () -> training.checkpoint.read(file()), "length " + length);
            }
            byte[] text = new String(whole, StandardCharsets.ISO_8859_1)
                    .replace("\\\"gathered\\\":2", "\\\"gathered\\\":x").getBytes(
                            StandardCharsets.ISO_8859_1);
            assertFalse(Arrays.equals(whole, text));
            Files.write(file(), text);
            assertThrows(ModelFormatException.class, () -> training.checkpoint.read(file()));
            assertEquals(before, training.hash());
        }
    }

    @Test
    void whatCannotBeSaved() throws IOException {
        save(Kind.ADAM, 2);
        byte[] before = Files.readAllBytes(file());
        try (Training training = new Training(Kind.ADAM)) {
            training.net.getParameter("0.bias").value().set(0, 3, Float.NaN);
            assertMessage(IllegalStateException.class,
                    "Checkpoint.write: model.0.bias has a value that is not finite, expected"
                            + " finite values; nothing was written to " + file()
                            + "; restore an earlier state, or train again with a smaller learning rate",
                    () -> training.checkpoint.write(file(), true));
            assertArrayEquals(before, Files.readAllBytes(file()));
            training.batches.shuffle(new TorchRandom(1));
            training.net.init(1);
            assertMessage(IllegalStateException.class, "Batches.cursor: Batches of 10 from 43 rows are shuffled by a"
                    + " TorchRandom, whose orders cannot be made again; expected shuffle(seed)",
                    () -> training.checkpoint.write(file(), true));
            assertMessage(IllegalArgumentException.class, "Checkpoint.add: there is a 'schedule' already",
                    () -> training.checkpoint.add("schedule", () -> null, numbers -> {
                    }));
        }
    }
}
