// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The table for people.
final class Report {
    private static final String METHOD = """

            Each contender runs in a process of its own for each workload; they take turns. Before that, all started from
            the same weights, took the same batches and agreed with libtorch: the mean losses of %d epochs within %.0e, the weights after
            %d steps within %.0e of their length (predictions and products likewise; under dropout, whose masks differ
            from library to library, the losses within %.0e). Times are medians of the rounds. A ratio is the peer's time by
            ours in the same round, again the median; it has `reached` or `missed` the mark in brackets.

            """;

    private Report() {
    }

    /// One result in one line, while the others are still to come.
    static String line(Result result) {
        return String.format("%-16s %s (best %s, %,.0f samples/s, %.1f GFLOP/s); %s", result.party().title,
                seconds(result.secondsPerUnit()),
                seconds(result.min() / result.workload().unitsPerRepetition()), result.samplesPerSecond(),
                result.gflops(), result.gate());
    }

    static String markdown(Environment environment, List<Result> results) {
        StringBuilder text = new StringBuilder();
        text.append("# Lanewise beside its peers, ").append(environment.date()).append("\n\n");
        if (environment.isQuick()) {
            text.append("**A quick look: runs too short to be published.**\n\n");
        }
        text.append("`").append(environment.command()).append("` on ").append(environment.cpu()).append(", ")
                .append(environment.cpus()).append(" CPUs, ").append(environment.os()).append(", ")
                .append(environment.jdk()).append("; digits are ")
                .append(environment.hasMnist() ? "MNIST" : "made-up bytes of MNIST's shape").append(".\n\n");
        environment.versions().forEach((party, version) -> text.append("- ").append(party.title).append(": ")
                .append(version).append('\n'));
        text.append(String.format(METHOD, Problem.COMPARED_EPOCHS, Gate.LOSS_TOLERANCE, Problem.COMPARED_STEPS,
                Gate.VALUE_TOLERANCE,
                Gate.DROPOUT_TOLERANCE));
        text.append("| workload | threads | per | Lanewise | libtorch | OpenBLAS by hand | libtorch / Lanewise"
                + " | OpenBLAS / Lanewise | samples/s | GFLOP/s |\n|---|---|---|---|---|---|---|---|---|---|\n");
        matches(results).forEach(match -> text.append(row(match)));
        text.append("\n| workload | what it is |\n|---|---|\n");
        results.stream().map(Result::workload).distinct()
                .forEach(w -> text.append("| ").append(w).append(" | ").append(w.title()).append(" |\n"));
        return text.toString();
    }

    /// The results of each match by party.
    private static List<Map<Party, Result>> matches(List<Result> results) {
        Map<String, Map<Party, Result>> matches = new LinkedHashMap<>();
        for (Result result : results) {
            matches.computeIfAbsent(result.workload() + " " + result.threads(), key -> new LinkedHashMap<>())
                    .put(result.party(), result);
        }
        return new ArrayList<>(matches.values());
    }

    private static String row(Map<Party, Result> match) {
        Result any = match.values().iterator().next();
        Result ours = match.get(Party.LANEWISE);
        StringBuilder row = new StringBuilder("| " + any.workload() + " | " + any.threads() + " | "
                + any.workload().unit());
        for (Party party : Party.values()) {
            Result result = match.get(party);
            row.append(" | ").append(result == null ? "-" : seconds(result.secondsPerUnit()));
        }
        for (Party peer : List.of(Party.TORCH, Party.BLAS)) {
            row.append(" | ").append(ratio(ours, match.get(peer)));
        }
        return row.append(" | ").append(ours == null ? "-" : String.format("%,.0f", ours.samplesPerSecond()))
                .append(" | ").append(ours == null ? "-" : String.format("%.1f", ours.gflops())).append(" |\n")
                .toString();
    }

    private static String ratio(@Nullable Result ours, @Nullable Result peer) {
        if (ours == null || peer == null) {
            return "-";
        }
        double ratio = peer.ratioTo(ours);
        double mark = ours.workload().marks.against(peer.party(), ours.threads());
        String shown = String.format("%.2f", ratio);
        return mark == 0 ? shown : shown + " " + (ratio >= mark ? "reached" : "missed") + " (" + mark + ")";
    }

    /// Seconds with three digits and a unit that needs no zeros.
    private static String seconds(double seconds) {
        if (seconds >= 1) {
            return String.format("%.3g s", seconds);
        }
        if (seconds >= 1e-3) {
            return String.format("%.3g ms", seconds * 1e3);
        }
        return String.format("%.3g us", seconds * 1e6);
    }
}
