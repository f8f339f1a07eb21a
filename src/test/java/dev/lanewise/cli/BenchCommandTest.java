// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Kernels;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `bench` with the smallest workload; what it measures is not looked at but for being there.
class BenchCommandTest {
    @Test
    void jsonIsOneObjectForEachWorkloadAndNumberOfThreads() {
        CliRun run = CliRun.of("bench", "--workload", "W1", "--threads", "2,1", "--quick", "--json").succeeded();
        List<String> lines = run.out().lines().toList();
        assertEquals(2, lines.size(), run.out());
        for (int i = 0; i < 2; i++) {
            String line = lines.get(i) + "\n";
            assertEquals(
                    List.of("workload", "threads", "unit", "seconds_median", "seconds_min", "samples_per_second",
                            "gflops", "gbps", "roofline_fraction", "fma_peak_gflops", "l2_gbps", "dram_gbps",
                            "seconds_to_full_speed", "scalar_seconds", "kernels"),
                    Json.names(line));
            assertEquals("W1", Json.text(line, "workload"));
            assertEquals(2 - i, Json.number(line, "threads"));
            assertEquals("step", Json.text(line, "unit"));
            assertEquals(Kernels.active(), Json.text(line, "kernels"));
            double median = Json.number(line, "seconds_median");
            assertTrue(median > 0 && Json.number(line, "seconds_min") <= median, line);
            assertEquals(10 / median, Json.number(line, "samples_per_second"), 1e-6 / median);
            assertTrue(Json.number(line, "scalar_seconds") > 0, line);
        }
        assertTrue(run.err().startsWith("kernels " + Kernels.active() + ", "), run.err());
        assertTrue(run.err().contains("\n2 threads: FMA peak "), run.err());
    }

    @Test
    void theTableHasALineForEach() {
        CliRun run = CliRun.of("bench", "--workload", "W8a", "--threads", "1", "--quick", "--no-baseline").succeeded();
        List<String> lines = run.out().lines().toList();
        assertEquals(2, lines.size(), run.out());
        assertEquals(BenchResult.header(), lines.get(0) + "\n");
        assertTrue(
                lines.get(1)
                        .matches("W8a +1 +[0-9.]+ [mu]s +[0-9.]+ [mu]s  row +[0-9]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ % .*-"),
                lines.get(1));
    }

    @Test
    void aProcessSaysWhatWentWrong() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(2, BenchProcess.run(new String[]{"FINGERPRINT", "W9", "1"}, out));
        assertTrue(out.toString(StandardCharsets.UTF_8)
                .startsWith("lanewise: error: --workload: no such workload (got 'W9'), expected some of W1,"));
    }

    @Test
    void aProcessTellsTheFingerprint() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(0, BenchProcess.run(new String[]{"FINGERPRINT", "W1", "1"}, out));
        assertTrue(out.toString(StandardCharsets.UTF_8).matches("fingerprint=[0-9a-f]{64}\n"));
    }
}
