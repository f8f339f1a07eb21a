// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One workload with one number of threads: equal results, warm-up, then runs in turn.
final class Match {
    private static final double STEADY = 1.05;
    private static final int STEADY_RUNS = 3;
    private static final int SETTLE_MILLIS = 100;

    private final Workload workload;
    private final int threads;
    private final Plan plan;

    /// How long everything takes: seconds of a timed run, least and most seconds of warm-up, rounds, and the seconds
    /// after which no further round begins (a pool of spinning threads on a busy machine can take 100 times as long).
    record Plan(double runSeconds, double leastWarmUp, double mostWarmUp, int rounds, double mostSeconds) {
        static final Plan QUICK = new Plan(0.1, 1, 5, 3, 20);
        static final Plan FULL = new Plan(0.5, 5, 30, 11, 120);
    }

    Match(Workload workload, int threads, Plan plan) {
        this.workload = workload;
        this.threads = threads;
        this.plan = plan;
    }

    /// **Throws** `IllegalStateException` if the contenders do not agree.
    List<Result> play(List<ContenderLink> links) throws IOException {
        List<ContenderLink> able = new ArrayList<>();
        for (ContenderLink link : links) {
            if (link.open(workload)) {
                able.add(link);
            }
        }
        Map<Party, Gate> gates = Gate.compare(workload, able);
        gates.forEach((party, gate) -> {
            if (!gate.isPassed()) {
                throw new IllegalStateException(workload + ", threads " + threads + ": " + party.title
                        + " does not agree with the others, and so no time is taken: " + gate);
            }
        });
        int[] times = new int[able.size()];
        for (int i = 0; i < times.length; i++) {
            times[i] = (int) Math.ceil(plan.runSeconds / warmUp(able.get(i)));
        }
        List<double[]> rounds = rounds(able, times);
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < times.length; i++) {
            int turn = i;
            ContenderLink link = able.get(i);
            link.closeWork();
            results.add(new Result(workload, threads, link.party, gates.get(link.party),
                    rounds.stream().mapToDouble(round -> round[turn]).toArray()));
        }
        return results;
    }

    /// For each round the seconds that a repetition took each contender.
    private List<double[]> rounds(List<ContenderLink> links, int[] times) throws IOException {
        List<double[]> rounds = new ArrayList<>();
        double spent = 0;
        while (rounds.size() < plan.rounds && (spent < plan.mostSeconds || rounds.isEmpty())) {
            double[] seconds = new double[times.length];
            for (int i = 0; i < times.length; i++) {
                settle();
                double run = links.get(i).time(times[i]);
                spent += run;
                seconds[i] = run / times[i];
            }
            rounds.add(seconds);
        }
        return rounds;
    }

    /// Lets the threads of the last turn fall asleep: OpenBLAS's spin on for some 30 milliseconds.
    private static void settle() throws IOException {
        try {
            Thread.sleep(SETTLE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("peers: interrupted");
        }
    }

    /// Runs until the time is steady; the seconds of the best repetition.
    private double warmUp(ContenderLink link) throws IOException {
        double best = link.time(1);
        double spent = best;
        int steady = 0;
        while (spent < plan.mostWarmUp && (spent < plan.leastWarmUp || steady < STEADY_RUNS)) {
            int times = (int) Math.ceil(plan.runSeconds / 2 / best);
            double run = link.time(times);
            spent += run;
            steady = run / times <= best * STEADY ? steady + 1 : 0;
            best = Math.min(best, run / times);
        }
        return best;
    }
}
