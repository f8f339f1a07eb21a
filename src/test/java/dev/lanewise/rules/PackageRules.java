// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The table of packages of the architecture page, and what no package may do, as rules over a tree of packages. The
/// root is a parameter, so that the tests can hold the same rules against a tree that breaks them.
final class PackageRules {
    /// Every package of the module and the ones it may use; the front door is "".
    static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            Map.entry("cli",
                    List.of("", "bench", "exact", "model", "metrics", "data", "schedule", "optim", "nn", "random",
                            "memory", "parallel", "kernel")),
            Map.entry("bench",
                    List.of("", "model", "metrics", "data", "schedule", "optim", "nn", "random", "memory", "parallel",
                            "kernel")),
            Map.entry("exact", List.of("nn", "memory")),
            Map.entry("",
                    List.of("exact", "model", "metrics", "data", "schedule", "optim", "nn", "random", "memory",
                            "parallel", "kernel")),
            Map.entry("model", List.of("nn", "optim", "data", "memory", "kernel")),
            Map.entry("metrics", List.of("memory")),
            Map.entry("data", List.of("random", "memory", "kernel")),
            Map.entry("schedule", List.of("optim")),
            Map.entry("optim", List.of("nn", "memory", "kernel", "parallel")),
            Map.entry("nn", List.of("random", "memory", "kernel", "parallel")),
            Map.entry("random", List.of("memory")),
            Map.entry("memory", List.of()),
            Map.entry("parallel", List.of()),
            Map.entry("kernel", List.of()),
            Map.entry("kernel.simd", List.of("kernel")));

    /// The packages that embedders see.
    static final Set<String> EXPORTED = Set.of("", "model", "metrics", "data", "schedule", "optim", "nn", "random",
            "exact", "memory");

    private static final Set<String> REFLECTIVE = Set.of("forName", "newInstance", "getMethod", "getMethods",
            "getDeclaredMethod", "getDeclaredMethods", "getField", "getFields", "getDeclaredField", "getDeclaredFields",
            "getConstructor", "getConstructors", "getDeclaredConstructor", "getDeclaredConstructors");

    private final String root;

    PackageRules(String root) {
        this.root = root;
    }

    /// All rules by name.
    Map<String, ArchRule> all() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        rules.put("every package stands in the table", everyPackageIsKnown());
        for (String name : MAY_USE.keySet()) {
            rules.put(name.isEmpty() ? "the front door uses what it may" : name + " uses what it may", layer(name));
        }
        rules.put("vectors stay behind their door", vectorsBehindOneDoor());
        rules.put("the library never prints", neverPrints());
        rules.put("the library never exits", neverExits());
        rules.put("no reflection", noReflection());
        rules.put("no unchecked memory", noUncheckedMemory());
        rules.put("files are data", noSerialization());
        rules.put("no network", noNetwork());
        rules.replaceAll((_, rule) -> rule.allowEmptyShould(true));
        return rules;
    }

    private ArchRule everyPackageIsKnown() {
        return classes().that(within(root)).should(ArchConditions.be(describe("in a package of the table",
                c -> MAY_USE.keySet().stream().anyMatch(name -> c.getPackageName().equals(full(name))))));
    }

    private ArchRule layer(String name) {
        DescribedPredicate<JavaClass> allowed = describe(
                "outside " + root + ", in " + name + " or in " + MAY_USE.get(name),
                c -> !within(root).test(c) || c.getPackageName().equals(full(name))
                        || MAY_USE.get(name).stream().anyMatch(used -> c.getPackageName().equals(full(used))));
        if (name.equals("kernel")) {
            // The one exception: the class that chooses names what it chooses from.
            return classes().that(in(name)).should(ArchConditions.onlyDependOnClassesThat(allowed.or(describe(
                    "SimdKernels", c -> c.getName().equals(full("kernel.simd") + ".SimdKernels")))))
                    .andShould(ArchConditions
                            .be(describe("Kernels if it names SimdKernels", this::namesSimdOnlyAsKernels)));
        }
        return classes().that(in(name)).should(ArchConditions.onlyDependOnClassesThat(allowed));
    }

    private boolean namesSimdOnlyAsKernels(JavaClass c) {
        return c.getName().equals(full("kernel") + ".Kernels") || c.getDirectDependenciesFromSelf().stream()
                .noneMatch(d -> d.getTargetClass().getPackageName().equals(full("kernel.simd")));
    }

    private ArchRule vectorsBehindOneDoor() {
        return noClasses().that(within(root)).and(not(in("kernel.simd"))).should()
                .dependOnClassesThat().resideInAPackage("jdk.incubator..");
    }

    private ArchRule neverPrints() {
        return noClasses().that(within(root)).and(not(in("cli"))).should(ArchConditions.accessTargetWhere(
                describe("System.out, System.err or printStackTrace()",
                        access -> isCall(access, "java.lang.System", "out")
                                || isCall(access, "java.lang.System", "err")
                                || access.getTarget().getName().equals("printStackTrace"))));
    }

    private ArchRule neverExits() {
        return noClasses().that(within(root)).and(not(in("cli"))).should(ArchConditions.accessTargetWhere(
                describe("exit or halt", access -> isCall(access, "java.lang.System", "exit")
                        || isCall(access, "java.lang.Runtime", "exit")
                        || isCall(access, "java.lang.Runtime", "halt"))));
    }

    private ArchRule noReflection() {
        return noClasses().that(within(root))
                .should().dependOnClassesThat().resideInAPackage("java.lang.reflect..")
                .orShould(ArchConditions.accessTargetWhere(describe("members of a class by name",
                        access -> access.getTargetOwner().getName().equals("java.lang.Class")
                                && REFLECTIVE.contains(access.getTarget().getName()))));
    }

    private ArchRule noUncheckedMemory() {
        return noClasses().that(within(root))
                .should().dependOnClassesThat().haveFullyQualifiedName("sun.misc.Unsafe")
                .orShould().dependOnClassesThat().haveFullyQualifiedName("jdk.internal.misc.Unsafe")
                .orShould().dependOnClassesThat().haveFullyQualifiedName("java.lang.foreign.Linker")
                .orShould().dependOnClassesThat().haveFullyQualifiedName("java.lang.foreign.SymbolLookup")
                .orShould(ArchConditions.accessTargetWhere(describe("restricted memory or native libraries",
                        access -> isCall(access, "java.lang.foreign.MemorySegment", "reinterpret")
                                || isCall(access, "java.lang.foreign.MemorySegment", "ofAddress")
                                || isCall(access, "java.lang.System", "load")
                                || isCall(access, "java.lang.System", "loadLibrary"))));
    }

    private ArchRule noSerialization() {
        return noClasses().that(within(root))
                .should().dependOnClassesThat().haveFullyQualifiedName("java.io.ObjectInputStream")
                .orShould().dependOnClassesThat().haveFullyQualifiedName("java.io.ObjectOutputStream");
    }

    private ArchRule noNetwork() {
        return noClasses().that(within(root)).should().dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.rmi..", "javax.net..", "java.nio.channels.spi..")
                .orShould().dependOnClassesThat().haveNameMatching("java\\.nio\\.channels\\..*Socket.*");
    }

    private static boolean isCall(JavaAccess<?> access, String owner, String name) {
        return access.getTargetOwner().getName().equals(owner) && access.getTarget().getName().equals(name);
    }

    private DescribedPredicate<JavaClass> in(String name) {
        return describe("in " + full(name), c -> c.getPackageName().equals(full(name)));
    }

    private static DescribedPredicate<JavaClass> within(String root) {
        return describe("in the tree of " + root,
                c -> c.getPackageName().equals(root) || c.getPackageName().startsWith(root + "."));
    }

    private String full(String name) {
        return name.isEmpty() ? root : root + "." + name;
    }
}
