// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.parallel.WorkerTeam;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// How many nanoseconds does it cost to hand out a part to each thread and to wait for all of them?
///
/// `gap` is what the caller does in between, in microseconds: with none the workers still spin, after a long one they
/// are parked.
///
/// Run: `jmh/run WorkerTeam`, or `jmh/run WorkerTeam -p threads=4 -prof gc`
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(3)
public class WorkerTeamBenchmark {
    @Param({"1", "2", "4"})
    public int threads;

    @Param({"0", "5", "100"})
    public int gap;

    private final int[] done = new int[WorkerTeam.MAX_THREADS * 32];
    private WorkerTeam team;
    private WorkerTeam.Work work;

    @Setup
    public void setUp() {
        team = new WorkerTeam(threads);
        work = (part, worker) -> done[part * 32]++;
        team.run(work, threads);
        for (int part = 0; part < threads; part++) {
            if (done[part * 32] != 1) {
                throw new IllegalStateException("part " + part + " was done " + done[part * 32] + " times, not once");
            }
        }
    }

    /// The gap is part of the time; subtract it.
    @Benchmark
    public void run() {
        if (gap > 0) {
            long end = System.nanoTime() + 1000L * gap;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }
        team.run(work, threads);
    }

    @TearDown
    public void close() {
        team.close();
    }
}
