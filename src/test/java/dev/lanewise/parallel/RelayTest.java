// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RelayTest {
    private static final int LEGS = 2;

    @Test
    void everyPartPassesEveryLegInOrder() {
        for (int threads : new int[]{1, 2, 4, 7}) {
            try (WorkerTeam team = new WorkerTeam(threads)) {
                Relay relay = new Relay(threads, LEGS);
                int[] passed = new int[LEGS];
                for (int parts = 0; parts < 300; parts++) {
                    relay.open(parts);
                    passed[0] = 0;
                    passed[1] = 0;
                    team.run((_, worker) -> {
                        for (int part = relay.take(); part >= 0; part = relay.take()) {
                            for (int leg = 0; leg < LEGS; leg++) {
                                assertTrue(relay.await(leg, part, worker));
                                assertEquals(passed[leg], part); // plain: who has the turn sees what was done before
                                passed[leg]++;
                                relay.pass(leg, part);
                            }
                        }
                    }, threads);
                    assertEquals(parts, passed[0]);
                    assertEquals(parts, passed[1]);
                    assertEquals(-1, relay.take());
                }
            }
        }
    }

    /// Also those behind a part that had its turn when another failed.
    @Test
    void nobodyWaitsForAPartThatFailed() {
        try (WorkerTeam team = new WorkerTeam(4)) {
            Relay relay = new Relay(4, LEGS);
            for (int bad = 0; bad < 200; bad++) {
                int failing = bad;
                AtomicInteger waited = new AtomicInteger();
                relay.open(200);
                assertThrows(IllegalStateException.class, () -> team.run((_, worker) -> {
                    for (int part = relay.take(); part >= 0; part = relay.take()) {
                        if (part == failing) {
                            relay.fail();
                            throw new IllegalStateException("part " + part);
                        }
                        for (int leg = 0; leg < LEGS; leg++) {
                            if (!relay.await(leg, part, worker)) {
                                waited.incrementAndGet();
                                return;
                            }
                            relay.pass(leg, part);
                        }
                    }
                }, 4));
                assertTrue(waited.get() <= 3);
            }
            relay.open(1);
            assertEquals(0, relay.take());
            assertTrue(relay.await(1, 0, 0), "the next run begins anew");
        }
    }

    @Test
    void aTurnAfterAFailureIsNotPassedOn() {
        Relay relay = new Relay(2, LEGS);
        relay.open(3);
        assertEquals(0, relay.take());
        assertEquals(1, relay.take());
        assertTrue(relay.await(0, 0, 0));
        relay.fail();
        relay.pass(0, 0);
        assertFalse(relay.await(0, 1, 1));
        assertEquals(-1, relay.take());
    }
}
