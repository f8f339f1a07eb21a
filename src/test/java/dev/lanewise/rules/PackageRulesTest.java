// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.lang.module.ModuleDescriptor;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The classes of the module keep the package rules, and each rule finds the class written to break it.
class PackageRulesTest {
    private static final String ROOT = "dev.lanewise";
    private static final String WRONG = "dev.lanewise.rules.wrong";

    /// Rule and the class of the tree [#WRONG] that it has to name.
    private static final Map<String, String> BREAKERS = Map.ofEntries(
            Map.entry("every package stands in the table", "util.Shared"),
            Map.entry("cli uses what it may", "cli.UsesSimd"),
            Map.entry("the front door uses what it may", "UsesCommandLine"),
            Map.entry("metrics uses what it may", "metrics.UsesModules"),
            Map.entry("data uses what it may", "data.UsesModules"),
            Map.entry("nn uses what it may", "nn.UsesFrontDoor"),
            Map.entry("memory uses what it may", "memory.UsesKernel"),
            Map.entry("kernel uses what it may", "kernel.NamesSimd"),
            Map.entry("kernel.simd uses what it may", "kernel.simd.SimdKernels"),
            Map.entry("vectors stay behind their door", "kernel.NamesSimd"),
            Map.entry("the library never prints", "nn.Prints"),
            Map.entry("the library never exits", "nn.Exits"),
            Map.entry("no reflection", "data.LooksUpClasses"),
            Map.entry("no unchecked memory", "memory.Reinterprets"),
            Map.entry("files are data", "data.ReadsObjects"),
            Map.entry("no network", "data.OpensSockets"));

    @TestFactory
    Stream<DynamicTest> everyRuleHolds() {
        JavaClasses classes = new ClassFileImporter().importPath(MainClasses.folder());
        assertTrue(classes.size() > 10, "only " + classes.size() + " classes found");
        return new PackageRules(ROOT).all().entrySet().stream()
                .map(rule -> DynamicTest.dynamicTest(rule.getKey(), () -> rule.getValue().check(classes)));
    }

    @TestFactory
    Stream<DynamicTest> everyRuleFindsItsBreaker() {
        JavaClasses classes = new ClassFileImporter().importPackages(WRONG);
        Map<String, ArchRule> rules = new PackageRules(WRONG).all();
        Set<String> untried = new TreeSet<>(rules.keySet());
        untried.removeAll(BREAKERS.keySet());
        // The same rule with other lists, tried above on seven packages.
        assertEquals(Set.of("bench uses what it may", "exact uses what it may", "model uses what it may",
                "optim uses what it may", "parallel uses what it may", "random uses what it may",
                "schedule uses what it may"), untried);
        return BREAKERS.entrySet().stream().map(breaker -> DynamicTest.dynamicTest(breaker.getKey(), () -> {
            EvaluationResult result = rules.get(breaker.getKey()).evaluate(classes);
            assertTrue(result.hasViolation(), breaker.getKey() + ": no violation found");
            String report = String.join("\n", result.getFailureReport().getDetails());
            assertTrue(report.contains(WRONG + "." + breaker.getValue()), report);
        }));
    }

    /// What may be used is not reported: the choosing class may name the vector kernels.
    @Test
    void theChoosingClassMayNameTheVectorKernels() {
        JavaClasses classes = new ClassFileImporter().importPackages(WRONG);
        EvaluationResult result = new PackageRules(WRONG).all().get("kernel uses what it may").evaluate(classes);
        String report = String.join("\n", result.getFailureReport().getDetails());
        assertFalse(report.contains(WRONG + ".kernel.Kernels"), report);
    }

    @Test
    void theModuleExportsNoMoreThanTheTable() {
        ModuleDescriptor module = MainClasses.class.getModule().getDescriptor();
        Set<String> exported = new TreeSet<>();
        for (ModuleDescriptor.Exports exports : module.exports()) {
            assertFalse(exports.isQualified(), "qualified: " + exports);
            exported.add(exports.source());
        }
        Set<String> allowed = new TreeSet<>();
        PackageRules.EXPORTED.forEach(name -> allowed.add(name.isEmpty() ? ROOT : ROOT + "." + name));
        exported.removeAll(allowed);
        assertEquals(Set.of(), exported, "exported, but not in the table");
        for (ModuleDescriptor.Opens opens : module.opens()) {
            assertEquals("dev.lanewise.cli", opens.source());
            assertEquals(Set.of("info.picocli"), opens.targets());
        }
    }
}
