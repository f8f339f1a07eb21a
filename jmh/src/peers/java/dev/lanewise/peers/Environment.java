// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;

/// Where and how the times were taken.
record Environment(String date, String command, boolean isQuick, boolean hasMnist, String cpu, int cpus, String os,
        String jdk, Map<Party, String> versions) {
    static Environment of(String arguments, boolean hasMnist, boolean isQuick, Map<Party, String> versions)
            throws IOException {
        return new Environment(LocalDate.now().toString(), ("jmh/peers " + arguments).strip(), isQuick, hasMnist,
                model(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vendor") + " " + System.getProperty("java.vm.version"), versions);
    }

    private static String model() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name")).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("unknown");
        }
    }
}
