// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WorkloadTest {
    @Test
    void operationsOfAUnit() {
        assertEquals(80, Workload.W1.flopsPerUnit(), "a step: 4 x 10 rows x 2 features");
        assertEquals(4.0 * 60_000 * 784 * 10, Workload.W2.flopsPerUnit());
        assertEquals(60_000.0 * (4 * 784 * 256 + 6 * 256 * 10), Workload.W3.flopsPerUnit());
        assertEquals(2.0 * 784 * 10, Workload.W8A.flopsPerUnit());
        assertEquals(2.0 * 1024 * 1024 * 1024, Workload.P1.flopsPerUnit());
        assertEquals(Workload.P2.flopsPerUnit(), Workload.P3.flopsPerUnit());
    }

    @Test
    void bytesOfAUnitWithoutPadding() {
        assertEquals(4.0 * 60_000 * 784, Workload.W2.bytesPerUnit());
        assertEquals(Workload.W2S.bytesPerUnit() / 4, Workload.W2B.bytesPerUnit());
        assertEquals(400e6, Workload.W6.bytesPerUnit());
        assertEquals(4.0 * (784 + 7840), Workload.W8A.bytesPerUnit());
        assertTrue(Workload.W6.fromMemory());
        assertFalse(Workload.W1.fromMemory());
    }

    @Test
    void rooflineIsTheLargerOfTheTwoTimes() {
        MachinePeak peak = new MachinePeak(1, 100, 80, 20);
        double flopSeconds = 4.0 * 60_000 * 784 * 10 / 100e9;
        assertEquals(1, Workload.W2.rooflineFraction(flopSeconds, peak), 1e-9);
        assertEquals(0.5, Workload.W6.rooflineFraction(0.04, peak), 1e-9, "400 MB at 20 GB/s take 0.02 s");
        assertEquals(1, Workload.W8A.rooflineFraction(4.0 * (784 + 7840) / 80e9, peak), 1e-9, "from cache");
    }

    @Test
    void unitsAndDescriptions() {
        assertEquals("softmax regression 784-10, 60000 rows, batch 256, shuffled, features as bytes",
                Workload.W2B.description());
        assertEquals("MLP 784-512-256-10, 60000 rows, batch 256, dropout 0.5, momentum 0.9",
                Workload.W3DM.description());
        assertEquals("matrix product 512x1024x1000", Workload.P4.description());
        assertEquals(235, Workload.W3.stepsPerUnit());
        assertEquals("step", Workload.W1.unit());
        assertEquals(10, Workload.W1.samplesPerUnit());
        assertEquals("row", Workload.W8C.unit());
    }
}
