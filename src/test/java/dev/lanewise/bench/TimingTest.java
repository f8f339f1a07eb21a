// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.NoLeak;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(NoLeak.class)
class TimingTest {
    private static final Timing.Effort SHORT = new Timing.Effort(20_000_000, 20_000_000, false);

    @ParameterizedTest
    @EnumSource(names = {"W1", "W8A", "P2", "P3"})
    void timesAreThere(Workload workload) {
        Timing timing = Timing.of(workload, 2, SHORT);
        assertTrue(timing.secondsMin() > 0 && timing.secondsMin() <= timing.secondsMedian(), timing.toString());
        assertTrue(timing.secondsToFullSpeed() > 0, timing.toString());
    }

    @ParameterizedTest
    @EnumSource(names = {"W1", "W2B", "W3", "W3DM", "W5", "W8A", "W8C", "P2", "P3"})
    void fingerprintsAreThoseOfAnyNumberOfThreads(Workload workload) {
        assertEquals(Gate.fingerprint(workload, 1), Gate.fingerprint(workload, 3));
    }

    @Test
    void differentShapesHaveDifferentFingerprints() {
        assertTrue(!Gate.fingerprint(Workload.W8A, 1).equals(Gate.fingerprint(Workload.W8C, 1)));
    }

    @Test
    void theMachineIsMeasured() {
        MachinePeak peak = MachinePeak.measure(2);
        assertEquals(2, peak.threads());
        assertTrue(peak.fmaGflops() > 0 && peak.l2Gbps() > 0 && peak.dramGbps() > 0, peak.toString());
    }
}
