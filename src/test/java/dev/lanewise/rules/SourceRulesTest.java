// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The source files keep the rules of the house, and each rule finds a text that breaks it.
class SourceRulesTest {
    /// A rule, the files it is for, a text that breaks it and what it has to say of that.
    private record Rule(Predicate<Path> files, BiFunction<String, List<String>, List<String>> check, String name,
            List<String> breaker, List<String> said) {
    }

    private static final Map<String, Rule> RULES = Map.of(
            "licence", new Rule(_ -> true, SourceRules::license, "A.java", List.of("package a;"),
                    List.of("A.java:1: the first line is not // SPDX-License-Identifier: Apache-2.0")),
            "size", new Rule(_ -> true, SourceRules::size, "A.java", Collections.nCopies(501, ""),
                    List.of("A.java:501: more than 500 lines")),
            "finished", new Rule(_ -> true, SourceRules::finished, "A.java", List.of("", "// TO" + "DO: rest"),
                    List.of("A.java:2: unfinished work belongs into an issue: // TO" + "DO: rest")),
            "catches", new Rule(file -> file.startsWith("src/main"), SourceRules::catchesWhatItCanHandle, "A.java",
                    List.of("try {", "} catch (Throw" + "able t) {"),
                    List.of("A.java:2: catches Throwable: } catch (Throw" + "able t) {")),
            "arenas", new Rule(file -> !file.startsWith("src/test"), SourceRules::ownerless, "A.java",
                    List.of("        Objects.requireNonNull(Arena.ofConfined());",
                            "        try (Arena arena = Arena.ofConfined()) {"),
                    List.of("A.java:2: memory with an owner makes all kernels slower: try (Arena arena = Arena.ofConfined()) {")),
            "names", new Rule(_ -> true, SourceRules::telling, "TensorUtils.java", List.of(),
                    List.of("TensorUtils.java:1: the name does not say what it is")),
            "documentation", new Rule(SourceRulesTest::isExported, SourceRules::documented, "A.java",
                    List.of("/// Documented.", "@Deprecated", "public final class A {", "    /// A number.",
                            "    public final int a;", "    public static final int B = 1;", "",
                            "    public A(int a) {", "        this.a = a;", "    }", "", "    @Override",
                            "    public int hashCode() {", "    void internal() {", "    protected int c() {"),
                    List.of("A.java:6: no documentation: public static final int B = 1;",
                            "A.java:8: no documentation: public A(int a) {",
                            "A.java:15: no documentation: protected int c() {")));

    @TestFactory
    Stream<DynamicTest> everyRuleHolds() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path folder : List.of(Path.of("src"), Path.of("jmh/src"))) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> found = Files.walk(folder)) {
                    found.filter(f -> f.toString().endsWith(".java")).forEach(files::add);
                }
            }
        }
        assertTrue(files.size() > 10,
                "only " + files.size() + " source files found from " + Path.of("").toAbsolutePath());
        return RULES.entrySet().stream().map(rule -> DynamicTest.dynamicTest(rule.getKey(), () -> {
            List<String> found = new ArrayList<>();
            for (Path file : files) {
                if (rule.getValue().files().test(file)) {
                    found.addAll(rule.getValue().check().apply(file.toString(), Files.readAllLines(file)));
                }
            }
            assertEquals(List.of(), found, rule.getKey());
        }));
    }

    @TestFactory
    Stream<DynamicTest> everyRuleFindsItsBreaker() {
        return RULES.entrySet().stream().map(rule -> DynamicTest.dynamicTest(rule.getKey(),
                () -> assertEquals(rule.getValue().said(),
                        rule.getValue().check().apply(rule.getValue().name(), rule.getValue().breaker()))));
    }

    private static boolean isExported(Path file) {
        Path inPackages = Path.of("src/main/java/dev/lanewise");
        if (!file.startsWith(inPackages) || file.endsWith("package-info.java")) {
            return false;
        }
        Path parent = inPackages.relativize(file).getParent();
        return PackageRules.EXPORTED.contains(parent == null ? "" : parent.toString().replace('/', '.'));
    }
}
