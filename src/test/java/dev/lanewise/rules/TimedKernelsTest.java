// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.kernel.KernelSet;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every kernel has a benchmark: some source file of `jmh` calls it by its name.
class TimedKernelsTest {
    private static final Path BENCHMARKS = Path.of("jmh/src/main");

    /// `family.kernel` of those that `sources` do not call.
    private static Set<String> untimed(String sources) {
        Set<String> untimed = new TreeSet<>();
        for (Method family : KernelSet.class.getMethods()) {
            for (Method kernel : family.getReturnType().getMethods()) {
                if (family.getReturnType().isInterface() && Modifier.isAbstract(kernel.getModifiers())
                        && !sources.contains("." + family.getName() + "()." + kernel.getName() + "(")) {
                    untimed.add(family.getName() + "." + kernel.getName());
                }
            }
        }
        return untimed;
    }

    @Test
    void noKernelIsForgotten() throws IOException {
        assumeTrue(Files.isDirectory(BENCHMARKS), "no benchmarks here");
        StringBuilder sources = new StringBuilder();
        try (Stream<Path> files = Files.walk(BENCHMARKS)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                sources.append(Files.readString(file));
            }
        }
        assertEquals(Set.of(), untimed(sources.toString()));
    }

    @Test
    void aForgottenKernelIsFound() {
        Set<String> all = untimed("");
        Set<String> rest = untimed("k.data().gather(to");
        assertEquals(all.size() - 1, rest.size());
        all.removeAll(rest);
        assertEquals(Set.of("data.gather"), all);
    }
}
