// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.rules.wrong.kernel.simd.BreaksContract;
import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The compiled classes keep the rules of numerics and speed, and each rule finds what [BreaksContract] does.
class BytecodeRulesTest {
    private static final String BREAKER = BreaksContract.class.getName();

    /// A rule, the classes it is for, and what it has to say of [BreaksContract].
    private record Rule(Predicate<String> classes, Function<ClassModel, List<String>> check, List<String> ofBreaker) {
    }

    private static final Map<String, Rule> RULES = Map.of(
            "kernels ask their segments",
            new Rule(name -> name.startsWith("dev.lanewise.kernel.simd."), SegmentRule::unaskedSegments,
                    List.of(".load does not ask parameters [1]", ".first does not ask parameters [0]",
                            ".slices does not ask parameters [0]")),
            "no transcendental operators on lanes", new Rule(_ -> true, BytecodeRules::transcendentalLanes,
                    List.of(".exponential uses VectorOperators.EXP", ".power calls FloatVector.pow")),
            "one class of float vectors", new Rule(_ -> true, BytecodeRules::secondFloatClass,
                    List.of(".half calls mul on half a vector of floats")),
            "no unordered reductions", new Rule(_ -> true, BytecodeRules::unorderedReductions,
                    List.of(".sum reduces lanes with ADD", ".product reduces lanes with MUL",
                            ".reduce reduces lanes with ?")),
            "no Math that depends on intrinsics", new Rule(_ -> true, BytecodeRules::intrinsicMath,
                    List.of(".momentum calls Math.pow")),
            "kernels round exactly", new Rule(BytecodeRulesTest::isKernel, BytecodeRules::inexactKernelMath,
                    List.of(".momentum calls Math.pow", ".logarithm calls StrictMath.log")),
            "random numbers are our own", new Rule(_ -> true, BytecodeRules::foreignDraws,
                    List.of(".noise calls RandomGenerator.nextGaussian", ".unseeded calls ThreadLocalRandom.current",
                            ".unseeded calls ThreadLocalRandom.nextInt")),
            "threads are our own", new Rule(_ -> true, BytecodeRules::borrowedThreads,
                    List.of(".total calls IntStream.parallel")),
            "lane helpers can be inlined", new Rule(_ -> true, BytecodeRules::largeLaneHelpers,
                    List.of(".large has 386 bytes of code, at most 325")),
            "species are constants", new Rule(_ -> true, BytecodeRules::variableSpecies,
                    List.of(".load takes a species", ".ACCUMULATOR is not static final",
                            ".species is not static final")));

    /// The random streams live beside the kernels and use `StrictMath`, as everything outside kernels may.
    private static boolean isKernel(String name) {
        return name.startsWith("dev.lanewise.kernel.") && !name.equals("dev.lanewise.kernel.RandomStreams");
    }

    @TestFactory
    Stream<DynamicTest> everyRuleHolds() throws IOException {
        List<ClassModel> classes = MainClasses.parse();
        assertTrue(classes.size() > 10, "only " + classes.size() + " classes found");
        return RULES.entrySet().stream()
                .map(rule -> DynamicTest.dynamicTest(rule.getKey(), () -> assertEquals(List.of(),
                        classes.stream().filter(type -> rule.getValue().classes().test(BytecodeRules.name(type)))
                                .flatMap(type -> rule.getValue().check().apply(type).stream()).toList(),
                        rule.getKey())));
    }

    @TestFactory
    Stream<DynamicTest> everyRuleFindsItsBreaker() throws IOException {
        ClassModel breaker = MainClasses.parse(BreaksContract.class);
        return RULES.entrySet().stream().map(rule -> DynamicTest.dynamicTest(rule.getKey(), () -> assertEquals(
                rule.getValue().ofBreaker().stream().map(breach -> BREAKER + breach).toList(),
                rule.getValue().check().apply(breaker), rule.getKey())));
    }

    @Test
    void oneClassHoldsTheSpecies() throws IOException {
        List<String> holders = MainClasses.parse().stream().filter(BytecodeRules::holdsSpecies).map(BytecodeRules::name)
                .toList();
        assertTrue(holders.size() <= 1, "more than one: " + holders);
        assertTrue(BytecodeRules.holdsSpecies(MainClasses.parse(BreaksContract.class)), "not seen");
    }
}
