// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.OffHeap;
import dev.lanewise.memory.OffHeapMemoryException;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.optim.SGD;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({NoLeak.class, RandomTables.class})
class LifetimeTest {
    private final long open = OffHeap.openBytes();
    private final SplittableRandom random = RandomTables.random(30);
    private final FloatMatrix x = RandomTables.floats(random, 6, 3);
    private final FloatMatrix y = RandomTables.floats(random, 6, 2);
    private final MSELoss loss = new MSELoss();

    @AfterEach
    void close() {
        x.close();
        y.close();
    }

    private static Sequential deep() {
        return new Sequential(new Linear(3, 4), new Linear(4, 2, false)).init(1);
    }

    @Test
    void everythingNamesAClosedModule() {
        Linear net = new Linear(3, 2);
        Output output = net.forward(x);
        loss.of(output, y).backward();
        Parameter weight = net.weight();
        net.close();
        net.close();
        String message = "Linear(3, 2) is closed";
        assertMessage(IllegalStateException.class, message, () -> net.forward(x));
        assertMessage(IllegalStateException.class, message, () -> net.init(1));
        assertMessage(IllegalStateException.class, message, weight::value);
        assertMessage(IllegalStateException.class, message, weight::grad);
        assertMessage(IllegalStateException.class, message, () -> loss.of(output, y));
        assertMessage(IllegalStateException.class, "FloatMatrix (6, 2) is closed", () -> output.get(0, 0));
        assertEquals(0, net.bytesOffHeap());
        net.zeroGrad();
        net.train();
        net.eval();
    }

    @Test
    void aChildNamesItsClosedParent() {
        Sequential net = deep();
        Linear child = (Linear) net.get(0);
        Output output = child.forward(x);
        net.close();
        String message = "Sequential(Linear(3, 4), Linear(4, 2, bias=false)) is closed";
        assertMessage(IllegalStateException.class, message, () -> child.forward(x));
        assertMessage(IllegalStateException.class, message, () -> child.init(1));
        assertMessage(IllegalStateException.class, message, () -> child.weight().value());
        assertMessage(IllegalStateException.class, message, () -> child.weight().grad());
        assertMessage(IllegalStateException.class, message, () -> loss.of(output, x));
    }

    @Test
    void aModuleNeverUsedHasNoMemory() {
        long before = OffHeap.openBytes();
        try (Sequential net = new Sequential(new Linear(3, 4), new Linear(4, 2, false))) {
            assertEquals(0, net.bytesOffHeap());
            assertEquals(before, OffHeap.openBytes());
        }
    }

    @Test
    void aChildCannotBeClosed() {
        try (Sequential net = deep()) {
            assertMessage(IllegalStateException.class,
                    "Linear(3, 4) is part of Sequential(Linear(3, 4), Linear(4, 2, bias=false)); close that instead",
                    () -> net.get(0).close());
            net.forward(x);
        }
    }

    @Test
    void anyOrderOfClosingFreesAll() {
        for (int order = 0; order < 6; order++) {
            FloatMatrix features = RandomTables.floats(random, 6, 3);
            FloatMatrix targets = RandomTables.floats(random, 6, 2);
            Sequential net = deep();
            loss.of(net.forward(features), targets).backward();
            AutoCloseable[] owners = {features, targets, net};
            int first = order % 3;
            int second = (first + 1 + order / 3) % 3;
            for (int i : new int[]{first, second, 3 - first - second, first, second}) {
                try {
                    owners[i].close();
                } catch (Exception e) {
                    throw new AssertionError("order " + order, e);
                }
            }
            x.get(0, 0);
        }
    }

    @Test
    void allNativeMemoryIsCounted() {
        long before = OffHeap.openBytes();
        try (Sequential net = deep(); Linear lone = new Linear(3, 2, false)) {
            assertEquals(before + net.bytesOffHeap() + lone.bytesOffHeap(), OffHeap.openBytes());
            loss.of(net.forward(x), y).backward();
            net.forward(x);
            net.get(0).forward(x);
            loss.of(lone.forward(x), y);
            assertEquals(before + net.bytesOffHeap() + lone.bytesOffHeap(), OffHeap.openBytes());
        }
        assertEquals(before, OffHeap.openBytes());
    }

    @Test
    void aChildUsedBeforeKeepsItsValues() {
        Linear child = new Linear(3, 4).init(5);
        FloatMatrix held = child.weight().value();
        int[] weight = RandomTables.bits(held);
        int[] bias = RandomTables.bits(child.bias().value());
        Loss before = loss.of(child.forward(x), child.forward(x));
        try (Sequential net = new Sequential(new Linear(3, 3), child)) {
            net.forward(x);
            assertArrayEquals(weight, RandomTables.bits(child.weight().value()));
            assertArrayEquals(bias, RandomTables.bits(child.bias().value()));
            assertMessage(IllegalStateException.class, "parameters of Linear(3, 4) is closed", () -> held.get(0, 0));
            assertThrows(IllegalStateException.class, before::backward);
        }
    }

    @Test
    void aStaleOutputHasNoLoss() {
        try (Linear net = new Linear(3, 2)) {
            Output stale = net.forward(new Rows(x, 0, 1));
            net.forward(new Rows(x, 0, 1));
            net.forward(x);
            assertMessage(IllegalStateException.class,
                    "MSELoss: these predictions are no longer valid: their module has run forward twice since",
                    () -> loss.of(stale, new Rows(y, 0, 1)));
        }
    }

    @Test
    void dataClosedBetweenForwardAndBackwardLeavesTheModelAsItIs() {
        try (Sequential net = deep(); FloatMatrix features = RandomTables.floats(random, 6, 3)) {
            SGD sgd = new SGD(net.parameters(), 0.1f);
            int[] last = RandomTables.bits(net.parameters().get(2).value());
            Loss plain = loss.of(net.forward(features), y);
            features.close();
            assertMessage(IllegalStateException.class, "FloatMatrix (6, 3) is closed", plain::backward);
            FloatMatrix closedByTheCheck = RandomTables.floats(random, 6, 3);
            assertMessage(IllegalStateException.class, "FloatMatrix (6, 3) is closed",
                    () -> net.trainStep(closedByTheCheck.all(), y.all(), loss, sgd, l -> closedByTheCheck.close()));
            assertArrayEquals(last, RandomTables.bits(net.parameters().get(2).value()));
            net.parameters().forEach(p -> assertEquals(false, p.hasGrad(), p.toString()));
        }
    }

    @Test
    void aSecondThreadIsRefused() {
        try (Sequential net = deep()) {
            Loss l = loss.of(net.forward(x), y);
            Output output = net.forward(x);
            net.guard().enter(net);
            String busy = " is in use by another thread; give each thread its own model or take turns";
            String all = "Sequential(Linear(3, 4), Linear(4, 2, bias=false))" + busy;
            elsewhere(_ -> assertMessage(IllegalStateException.class, all, () -> net.forward(x)));
            elsewhere(_ -> assertMessage(IllegalStateException.class, "Linear(3, 4)" + busy,
                    () -> net.get(0).forward(x)));
            elsewhere(_ -> assertMessage(IllegalStateException.class, all, () -> loss.of(output, y)));
            elsewhere(_ -> assertMessage(IllegalStateException.class, all, l::backward));
            elsewhere(_ -> assertMessage(IllegalStateException.class, all, net::close));
            net.forward(x);
            net.guard().exit();
            elsewhere(_ -> net.forward(x));
            net.forward(x);
        }
    }

    private static void elsewhere(Consumer<Void> action) {
        CompletableFuture.completedFuture((Void) null).thenAcceptAsync(action).join();
    }

    @Test
    void oneOwnerAtATime() {
        Object first = new AtomicInteger(1);
        Object second = new AtomicInteger(2);
        try (Sequential net = deep()) {
            net.claim(first);
            net.claim(first);
            assertMessage(IllegalStateException.class,
                    net + " is already trained by a AtomicInteger; close that one first", () -> net.claim(second));
            assertMessage(IllegalStateException.class,
                    "Linear(3, 4) is already trained by a AtomicInteger; close that one first",
                    () -> net.get(0).claim(second));
            net.release(second);
            assertThrows(IllegalStateException.class, () -> net.claim(second));
            net.release(first);
            net.release(first);
            net.claim(second);
        }
    }

    /// Lets every allocation of a training step fail once: with a budget of 0, 64, 128, ... bytes more than is open.
    @Test
    void whateverAllocationIsRefusedTheModelStaysWhole() {
        int[] expected;
        try (Sequential net = deep()) {
            step(net);
            expected = RandomTables.bits(net.parameters().get(0).value());
        }
        long budget = OffHeap.budgetBytes();
        long before = OffHeap.openBytes();
        long needed = 0;
        for (boolean refused = true; refused; needed += 64) {
            String what = "spare bytes: " + needed;
            try (Sequential net = new Sequential(new Linear(3, 4), new Linear(4, 2, false))) {
                OffHeap.setBudgetBytes(before + needed);
                refused = isStepRefused(net);
                assertEquals(before + net.bytesOffHeap(), OffHeap.openBytes(), what);
                for (Parameter p : net.parameters()) {
                    assertEquals(!refused, p.hasGrad(), p + ", " + what);
                }
                OffHeap.setBudgetBytes(budget);
                net.zeroGrad();
                step(net.init(1));
                assertArrayEquals(expected, RandomTables.bits(net.parameters().get(0).value()), what);
            }
            assertEquals(before, OffHeap.openBytes(), what);
        }
        assertTrue(needed > 4096, "the step needed " + needed + " bytes");
    }

    private boolean isStepRefused(Sequential net) {
        try {
            step(net);
            return false;
        } catch (OffHeapMemoryException e) {
            return true;
        }
    }

    private void step(Sequential net) {
        loss.of(net.forward(x), y).backward();
        new SGD(net.parameters(), 0.1f).step();
    }

    @Test
    void aRefusedGrowthOfThePassLeavesTheModelUsable() {
        try (Sequential net = deep()) {
            Output output = net.forward(new Rows(x, 0, 2));
            Loss l = loss.of(output, new Rows(y, 0, 2));
            net.forward(new Rows(x, 0, 2));
            long budget = OffHeap.budgetBytes();
            OffHeap.setBudgetBytes(open);
            assertThrows(OffHeapMemoryException.class, () -> net.forward(x));
            assertThrows(IllegalStateException.class, l::backward);
            assertMessage(IllegalStateException.class,
                    "MSELoss: these predictions are no longer valid: their module has run forward twice since",
                    () -> loss.of(output, new Rows(y, 0, 2)));
            OffHeap.setBudgetBytes(budget);
            net.forward(x);
            loss.of(net.forward(x), y).backward();
        }
    }

    @Test
    @Timeout(60)
    void aModuleWhoseMemoryIsBeingReadCanBeClosedLater() throws IOException, InterruptedException {
        Pipe pipe = Pipe.open();
        Sequential net = deep();
        loss.of(net.forward(x), y).backward();
        ByteBuffer weight = net.parameters().get(0).value().segment().asByteBuffer();
        Thread reader = Thread.ofPlatform().daemon().start(() -> {
            try {
                pipe.source().read(weight);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        while (Arrays.stream(reader.getStackTrace()).noneMatch(f -> f.getMethodName().equals("read0"))) {
            Thread.onSpinWait();
        }
        assertThrows(IllegalStateException.class, net::close);
        assertThrows(IllegalStateException.class, () -> net.forward(x));
        pipe.sink().close();
        reader.join();
        elsewhere(_ -> net.close());
        pipe.source().close();
    }
}
