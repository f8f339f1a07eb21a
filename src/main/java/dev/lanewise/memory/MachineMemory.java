// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// How much memory the machine, or the container around this process, has.
///
/// Read from the files of Linux because the management beans that know it cost some 40 ms of start-up; elsewhere eight
/// times the largest heap stands in for it (the JVM takes a quarter of the machine for the heap by default).
final class MachineMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final Path CGROUP_V2 = Path.of("/sys/fs/cgroup/memory.max");
    private static final Path CGROUP_V1 = Path.of("/sys/fs/cgroup/memory/memory.limit_in_bytes");

    private MachineMemory() {
    }

    static long bytes() {
        long machine = meminfoBytes();
        return Math.min(machine, Math.min(limitBytes(CGROUP_V2), limitBytes(CGROUP_V1)));
    }

    private static long meminfoBytes() {
        try (Stream<String> lines = Files.lines(MEMINFO)) {
            return lines.filter(line -> line.startsWith("MemTotal:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024).findFirst()
                    .orElse(fallbackBytes());
        } catch (IOException | RuntimeException e) {
            return fallbackBytes();
        }
    }

    private static long limitBytes(Path file) {
        try {
            String text = Files.readString(file).strip();
            return text.equals("max") ? Long.MAX_VALUE : Long.parseLong(text);
        } catch (IOException | RuntimeException e) {
            return Long.MAX_VALUE; // no such limit on this machine
        }
    }

    private static long fallbackBytes() {
        long heap = Runtime.getRuntime().maxMemory();
        return heap > Long.MAX_VALUE / 8 ? Long.MAX_VALUE : heap * 8;
    }
}
