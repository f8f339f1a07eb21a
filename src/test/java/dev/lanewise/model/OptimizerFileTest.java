// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.Tanh;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.OptimizerState;
import dev.lanewise.optim.Setting;
import dev.lanewise.schedule.LambdaLR;
import dev.lanewise.schedule.StepLR;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Saved optimizers: the way to a file and back, and files that are not whole.
@ExtendWith({NoLeak.class, RandomTables.class})
class OptimizerFileTest {
    @TempDir
    private Path folder;
    private Path file = Path.of("");

    @BeforeEach
    void name() {
        file = folder.resolve("adam.safetensors");
    }

    private static Sequential net() {
        return new Sequential(new Linear(5, 20), new Tanh(), new Linear(20, 3)).init(2);
    }

    private static Adam adam(Sequential net) {
        Adam adam = new Adam(net.parameters().subList(0, 2), 0.01f).betas(0.8, 0.99);
        adam.addGroup(net.parameters().subList(2, 4)).learningRate(0.1f).set(Setting.AMSGRAD, 1);
        return adam;
    }

    private static void steps(Sequential net, Adam adam, int from, int to) {
        SplittableRandom random = RandomTables.random(68);
        for (int i = 0; i < to; i++) {
            try (FloatMatrix x = RandomTables.floats(random, 8, 5); FloatMatrix y = RandomTables.floats(random, 8, 3)) {
                if (i >= from) {
                    adam.zeroGrad();
                    new MSELoss().of(net.forward(x), y).backward();
                    adam.step();
                }
            }
        }
    }

    @Test
    void trainingGoesOnFromFiles() throws IOException {
        try (Sequential through = net(); Sequential stopped = net(); Sequential resumed = net()) {
            steps(through, adam(through), 0, 6);
            Adam before = adam(stopped);
            steps(stopped, before, 0, 3);
            try (OptimizerState state = before.state()) {
                OptimizerFile.write(file, state, false);
            }
            StateDict.load(resumed, StateDict.of(stopped));
            Adam after = adam(resumed);
            try (OptimizerState state = OptimizerFile.read(file)) {
                assertEquals(List.of(3L, 3L, 3L, 3L), state.counts());
                after.loadState(state);
                Path again = folder.resolve("again");
                OptimizerFile.write(again, state, false);
                assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again));
            }
            steps(resumed, after, 3, 6);
            for (int i = 0; i < 4; i++) {
                assertArrayEquals(RandomTables.bits(through.parameters().get(i).value()),
                        RandomTables.bits(resumed.parameters().get(i).value()), "parameter " + i);
            }
        }
    }

    /// PyTorch's `initial_lr`: a schedule made after loading starts from where the first one has started.
    @Test
    void newSchedulesStartFromTheRateBeforeTheFirstOne() throws IOException {
        try (Sequential net = net()) {
            Adam adam = adam(net);
            try (OptimizerState state = adam.state()) {
                OptimizerFile.write(file, state, false);
            }
            assertFalse(Files.readString(file, StandardCharsets.ISO_8859_1).contains("initial_lr"), "as it was before");
            StepLR first = new StepLR(adam, 1).gamma(0.5);
            first.step();
            first.step();
            Path scheduled = folder.resolve("scheduled");
            try (OptimizerState state = adam.state()) {
                OptimizerFile.write(scheduled, state, false);
            }
            Adam resumed = adam(net);
            try (OptimizerState state = OptimizerFile.read(scheduled)) {
                resumed.loadState(state);
            }
            assertEquals(0.0025f, resumed.learningRate());
            assertEquals(0.025f, resumed.groups().get(1).learningRate());
            new LambdaLR(resumed, epoch -> 0.5).step();
            assertEquals(0.005f, resumed.learningRate());
            assertEquals(0.05f, resumed.groups().get(1).learningRate());
            try (OptimizerState state = OptimizerFile.read(file)) {
                resumed.loadState(state);
            }
            assertEquals(0.01f, (float) resumed.initialLearningRate(), "of a state without schedules, its rate");
            String bytes = Files.readString(scheduled, StandardCharsets.ISO_8859_1);
            Files.writeString(file, bytes.replaceFirst("(initial_lr[^0-9]+)0", "$1-"), StandardCharsets.ISO_8859_1);
            try (OptimizerState state = OptimizerFile.read(file)) {
                IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                        () -> resumed.loadState(state));
                assertTrue(String.valueOf(refused.getMessage())
                        .startsWith("Adam.loadState: the initial learning rate of group 0 is -0.0"),
                        refused::getMessage);
            }
        }
    }

    @Test
    void beforeTheFirstStepThereAreNoTensors() throws IOException {
        try (Sequential net = net()) {
            Adam adam = adam(net);
            try (OptimizerState state = adam.state()) {
                OptimizerFile.write(file, state, false);
            }
            try (OptimizerState state = OptimizerFile.read(file)) {
                assertTrue(state.tensors().isEmpty());
                adam.loadState(state);
            }
        }
    }

    private void assertRefused(String from, String to, String message) throws IOException {
        try (Sequential net = net()) {
            Adam adam = adam(net);
            steps(net, adam, 0, 1);
            try (OptimizerState state = adam.state()) {
                OptimizerFile.write(file, state, true);
            }
        }
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertTrue(bytes.contains(from) && from.length() == to.length());
        Files.writeString(file, bytes.replace(from, to), StandardCharsets.ISO_8859_1);
        IOException refused = assertThrowsExactly(ModelFormatException.class, () -> OptimizerFile.read(file));
        assertTrue(String.valueOf(refused.getMessage()).contains(message), refused.getMessage());
    }

    @Test
    void damagedFiles() throws IOException {
        assertRefused("lanewise.optimizer", "lanewise.something", "no lanewise.optimizer in the metadata, expected the"
                + " saved state of an optimizer");
        assertRefused("optimizer.0.exp_avg\"", "optimizes.0.exp_avg\"", "expected a name that begins with optimizer.");
        assertRefused("beta1", "gamma", "the setting 'gamma' of a group, expected one of an optimizer");
        assertRefused("\\\"0.8\\\"", "\\\"0,8\\\"", "beta1 is '0,8', expected a number in quotes");
        assertRefused("\\\"steps\\\":[1", "\\\"steps\\\":[-", "lanewise.optimizer");
        assertRefused("\\\"type\\\"", "\\\"tyqe\\\"", "the field 'tyqe', expected type, groups and steps");
    }
}
