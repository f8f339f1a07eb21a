// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.rules.wrong.kernel.simd.BreaksContract;
import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.util.List;
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
    private record Rule(String name, Predicate<String> classes, Function<ClassModel, List<String>> check,
            List<String> ofBreaker) {
    }

    private static final List<Rule> RULES = List.of(
            new Rule("kernels ask their segments", name -> name.startsWith("dev.lanewise.kernel.simd."),
                    SegmentRule::unaskedSegments,
                    List.of(".load does not ask parameters [1]", ".first does not ask parameters [0]",
                            ".slices does not ask parameters [0]")),
            new Rule("no transcendental operators on lanes", _ -> true, BytecodeRules::transcendentalLanes,
                    List.of(".exponential uses VectorOperators.EXP", ".power calls FloatVector.pow")),
            new Rule("one class of float vectors", _ -> true, BytecodeRules::secondFloatClass,
                    List.of(".half calls convertShape on half a vector of floats",
                            ".half calls reinterpretAsShorts on half a vector of floats",
                            ".half calls mul on half a vector of floats")),
            new Rule("no unordered reductions", _ -> true, BytecodeRules::unorderedReductions,
                    List.of(".sum reduces lanes with ADD", ".product reduces lanes with MUL",
                            ".reduce reduces lanes with ?")),
            new Rule("no Math that depends on intrinsics", _ -> true, BytecodeRules::intrinsicMath,
                    List.of(".momentum calls Math.pow")),
            new Rule("kernels round exactly", BytecodeRulesTest::isKernel, BytecodeRules::inexactKernelMath,
                    List.of(".momentum calls Math.pow", ".logarithm calls StrictMath.log")),
            new Rule("random numbers are our own", _ -> true, BytecodeRules::foreignDraws,
                    List.of(".noise calls RandomGenerator.nextGaussian", ".unseeded calls ThreadLocalRandom.current",
                            ".unseeded calls ThreadLocalRandom.nextInt")),
            new Rule("threads are our own", _ -> true, BytecodeRules::borrowedThreads,
                    List.of(".total calls IntStream.parallel")),
            new Rule("lane helpers can be inlined", _ -> true, BytecodeRules::largeLaneHelpers,
                    List.of(".large has 386 bytes of code, at most 325")),
            new Rule("kernels can be compiled", name -> name.startsWith("dev.lanewise.kernel.simd."),
                    BytecodeRules::largeKernels, List.of(".huge has 1408 bytes of code, at most 1200")),
            new Rule("tiles that cut slices stand alone", _ -> true, BytecodeRules::slicesInSmallLoops,
                    List.of(".sliced cuts slices in a loop and has 69 bytes of code, of which more than 325 would keep it"
                            + " on its own")),
            new Rule("species are constants", _ -> true, BytecodeRules::variableSpecies,
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
        return RULES.stream()
                .map(rule -> DynamicTest.dynamicTest(rule.name(), () -> assertEquals(List.of(),
                        classes.stream().filter(type -> rule.classes().test(BytecodeRules.name(type)))
                                .flatMap(type -> rule.check().apply(type).stream()).toList(),
                        rule.name())));
    }

    @TestFactory
    Stream<DynamicTest> everyRuleFindsItsBreaker() throws IOException {
        ClassModel breaker = MainClasses.parse(BreaksContract.class);
        return RULES.stream().map(rule -> DynamicTest.dynamicTest(rule.name(), () -> assertEquals(
                rule.ofBreaker().stream().map(breach -> BREAKER + breach).toList(), rule.check().apply(breaker),
                rule.name())));
    }

    @Test
    void oneClassHoldsTheSpecies() throws IOException {
        List<String> holders = MainClasses.parse().stream().filter(BytecodeRules::holdsSpecies).map(BytecodeRules::name)
                .toList();
        assertTrue(holders.size() <= 1, "more than one: " + holders);
        assertTrue(BytecodeRules.holdsSpecies(MainClasses.parse(BreaksContract.class)), "not seen");
    }
}
