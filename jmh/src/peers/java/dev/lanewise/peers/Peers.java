// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How fast is Lanewise beside libtorch and beside OpenBLAS with gradients by hand?
///
/// Run: `jmh/peers`, or `jmh/peers --workload W2,W3 --threads 1 --quick`
public final class Peers {
    private static final int USAGE = 2;
    private static final int UNEQUAL = 70;
    private static final int UNPACKING_TRIES = 3;

    private Peers() {
    }

    public static void main(String[] arguments) throws IOException {
        if (List.of(arguments).contains("--help")) {
            System.out.print(Options.USAGE);
            return;
        }
        try {
            run(Options.parse(arguments), String.join(" ", arguments));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(USAGE);
        } catch (IllegalStateException e) {
            System.err.println("peers: error: " + e.getMessage());
            System.exit(UNEQUAL);
        }
    }

    private static void run(Options options, String arguments) throws IOException {
        Path mnist = mnist();
        Match.Plan plan = options.quick() ? Match.Plan.QUICK : Match.Plan.FULL;
        Map<Party, String> versions = unpack(mnist);
        List<Result> results = new ArrayList<>();
        for (int threads : options.threads()) {
            for (Workload workload : options.workloads()) {
                System.err.println("peers: " + workload + ", threads " + threads + ": " + workload.title());
                List<Result> match = play(workload, threads, plan, mnist);
                results.addAll(match);
                match.forEach(result -> System.err.println("peers:   " + Report.line(result)));
            }
        }
        Environment environment = Environment.of(arguments, mnist != null, options.quick(), versions);
        Files.createDirectories(options.out());
        String table = Report.markdown(environment, results);
        Files.writeString(options.out().resolve("peers.md"), table);
        Files.writeString(options.out().resolve("peers.json"), JsonReport.of(environment, results));
        System.out.print(table);
    }

    /// In processes of their own for each workload: what a JIT or an allocator has learnt from one is not for another.
    private static List<Result> play(Workload workload, int threads, Match.Plan plan, @Nullable Path mnist)
            throws IOException {
        List<ContenderLink> links = new ArrayList<>();
        try {
            for (Party party : Party.values()) {
                links.add(new ContenderLink(party, threads, mnist));
            }
            return new Match(workload, threads, plan).play(links);
        } finally {
            links.forEach(ContenderLink::close);
        }
    }

    /// MNIST's folder in the folder of data sets that tests use, too.
    private static @Nullable Path mnist() {
        String data = System.getenv("LANEWISE_DATA");
        return data == null || !Files.isDirectory(Path.of(data, "mnist")) ? null : Path.of(data, "mnist");
    }

    /// Starts each contender once, which unpacks native libraries, and asks for its version. A first start may crash on
    /// half-unpacked ones; the next one finds them.
    private static Map<Party, String> unpack(@Nullable Path mnist) throws IOException {
        Map<Party, String> versions = new EnumMap<>(Party.class);
        for (Party party : Party.values()) {
            for (int tried = 1; !versions.containsKey(party); tried++) {
                try (ContenderLink link = new ContenderLink(party, 1, mnist)) {
                    versions.put(party, link.version);
                } catch (IOException e) {
                    if (tried == UNPACKING_TRIES) {
                        throw e;
                    }
                }
            }
        }
        return versions;
    }
}
