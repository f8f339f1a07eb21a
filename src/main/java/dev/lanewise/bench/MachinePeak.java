// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.bench;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.RooflineKernels;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.parallel.WorkerTeam;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/// The most that this machine did with so many threads, by the kernels in use: the best of several tries, since
/// whatever disturbs makes a try slower.
///
/// @param threads threads at work
/// @param fmaGflops multiply-adds from registers, 10^9 operations a second; a multiply-add is two
/// @param l2Gbps reading from buffers of 192 KiB, one for each thread, 10^9 bytes a second
/// @param dramGbps reading one buffer larger than any cache, 10^9 bytes a second
public record MachinePeak(int threads, double fmaGflops, double l2Gbps, double dramGbps) {
    /// Larger than the first-level caches, smaller than any second-level one of the last ten years.
    private static final long L2_BYTES = 192L << 10;
    private static final int L2_ROUNDS = 50;
    private static final long DRAM_BYTES = 256L << 20;
    private static final long DRAM_PART_BYTES = 1L << 20;
    private static final int TURNS = 10_000;
    /// Bytes from one thread's state to the next one's, so that no two share a line.
    private static final long STATE_BYTES = 4096;
    /// Short calls first: compiled in the middle of a long loop, the vectors of that loop stay objects. But not too
    /// short ones: a loop that C2 has seen turn twice only is compiled to two fifths of the speed, every second time.
    private static final int WARM_UP_CALLS = 3000;
    private static final int WARM_UP_TURNS = 100;
    private static final int TRIES = 5;
    private static final int DRAM_TRIES = 3;
    /// So long nothing is believed: kernels are interpreted at first, a thousand times slower and steadily so.
    private static final long LEAST_NANOS = 250_000_000L;
    private static final long PATIENCE_NANOS = 2_000_000_000L;

    /// Measures for a few tenths of a second. Frees what it takes: 256 MiB and `threads - 1` threads.
    ///
    /// **Throws** `OffHeapMemoryException` if the memory is refused.
    public static MachinePeak measure(int threads) {
        try (WorkerTeam team = new WorkerTeam(threads);
                NativeBuffer memory = NativeBuffer.allocate("MachinePeak: memory to read", DRAM_BYTES)) {
            double fma = fmaGflops(team);
            MemorySegment segment = memory.segment();
            return new MachinePeak(threads, fma, l2Gbps(team, segment), dramGbps(team, segment));
        }
    }

    /// Measures multiply-adds alone, 10^9 operations a second on `threads` threads.
    public static double measureFmaGflops(int threads) {
        try (WorkerTeam team = new WorkerTeam(threads)) {
            return fmaGflops(team);
        }
    }

    private static double fmaGflops(WorkerTeam team) {
        try (NativeBuffer states = NativeBuffer.allocate("MachinePeak: state", team.threads() * STATE_BYTES)) {
            MemorySegment[] state = new MemorySegment[team.threads()];
            for (int i = 0; i < state.length; i++) {
                state[i] = states.segment().asSlice(i * STATE_BYTES, STATE_BYTES);
            }
            for (int i = 0; i < WARM_UP_CALLS; i++) {
                Kernels.ROOFLINE.multiplyAdd(state[0], 0.5f, 0.5f, WARM_UP_TURNS);
            }
            return best(team, (part, _) -> Kernels.ROOFLINE.multiplyAdd(state[part], 0.5f, 0.5f, TURNS),
                    team.threads(), (double) team.threads() * RooflineKernels.operations(TURNS), TRIES);
        }
    }

    private static double l2Gbps(WorkerTeam team, MemorySegment memory) {
        long floats = L2_BYTES / Float.BYTES;
        int threads = (int) Math.min(team.threads(), DRAM_BYTES / L2_BYTES);
        AtomicInteger read = new AtomicInteger();
        return best(team, (part, _) -> {
            int bits = 0;
            for (int i = 0; i < L2_ROUNDS; i++) {
                bits += Kernels.ROOFLINE.xor(memory, part * floats, floats);
            }
            read.setPlain(bits);
        }, threads, (double) threads * L2_ROUNDS * L2_BYTES, TRIES);
    }

    private static double dramGbps(WorkerTeam team, MemorySegment memory) {
        long floats = DRAM_PART_BYTES / Float.BYTES;
        AtomicInteger read = new AtomicInteger();
        return best(team, (part, _) -> read.setPlain(Kernels.ROOFLINE.xor(memory, part * floats, floats)),
                (int) (DRAM_BYTES / DRAM_PART_BYTES), DRAM_BYTES, DRAM_TRIES);
    }

    /// The best of `amount` over nanoseconds, when so many tries on end have brought nothing better by a hundredth.
    private static double best(WorkerTeam team, WorkerTeam.Work work, int parts, double amount, int tries) {
        double best = 0;
        long begin = System.nanoTime();
        long now = begin;
        int inVain = 0;
        while (now - begin < LEAST_NANOS || (inVain < tries && now - begin < PATIENCE_NANOS)) {
            long start = System.nanoTime();
            team.run(work, parts);
            now = System.nanoTime();
            double rate = amount / (now - start);
            inVain = rate > 1.01 * best ? 0 : inVain + 1;
            best = Math.max(best, rate);
        }
        return best;
    }
}
