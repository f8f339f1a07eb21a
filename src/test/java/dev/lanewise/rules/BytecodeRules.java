// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/// What the numerics contract and the inliner ask of compiled code. Every method returns one line for each breach.
final class BytecodeRules {
    /// HotSpot inlines no larger method, however hot; a vector that crosses a call that is not inlined becomes an
    /// object.
    static final int LARGEST_LANE_HELPER = 325;

    /// C1 runs out of registers for larger kernels, above all where a block has four vectors. Without code that counts
    /// and profiles, such a method never reaches C2: it stays in the interpreter or in C1, and each vector is an object.
    static final int LARGEST_KERNEL = 1200;

    private static final String VECTORS = "jdk/incubator/vector/";
    private static final String OPERATORS = VECTORS + "VectorOperators";

    /// Their results change when C2 replaces the interpreter, or differ between CPUs.
    private static final Set<String> TRANSCENDENTAL = Set.of("sin", "cos", "tan", "asin", "acos", "atan", "atan2",
            "sinh",
            "cosh", "tanh", "exp", "expm1", "log", "log10", "log1p", "pow", "cbrt", "hypot");

    /// What a kernel may call on floats: exactly rounded, so equal everywhere.
    private static final Set<String> EXACT = Set.of("fma", "sqrt", "abs", "max", "min");

    /// Draws whose algorithm is not ours, or whose state nobody seeds.
    private static final Set<String> FOREIGN_DRAWS = Set.of("nextGaussian", "nextExponential");
    private static final Set<String> UNSEEDED = Set.of("java/util/concurrent/ThreadLocalRandom",
            "java/security/SecureRandom");

    private BytecodeRules() {
    }

    /// `lanewise(EXP)` and its like: results change while the program runs.
    static List<String> transcendentalLanes(ClassModel type) {
        List<String> found = new ArrayList<>();
        forEachInstruction(type, (method, element) -> {
            if (element instanceof FieldInstruction field && field.owner().asInternalName().equals(OPERATORS)
                    && TRANSCENDENTAL.contains(field.name().stringValue().toLowerCase(Locale.ROOT))) {
                found.add(at(type, method) + " uses VectorOperators." + field.name());
            }
            if (element instanceof InvokeInstruction call
                    && call.owner().asInternalName().equals(VECTORS + "FloatVector")
                    && call.name().equalsString("pow")) {
                found.add(at(type, method) + " calls FloatVector.pow");
            }
        });
        return found;
    }

    /// Anything but converting vectors of `SINGLES`: a second class of float vectors in the profiles of
    /// [jdk.incubator.vector.FloatVector], and kernels make objects. So it is if they are reinterpreted, which the
    /// interpreter does through memory, or come of a conversion.
    static List<String> secondFloatClass(ClassModel type) {
        List<String> found = new ArrayList<>();
        for (MethodModel method : type.methods()) {
            boolean given = false;
            boolean made = false;
            for (CodeElement element : method.code().<Iterable<CodeElement>>map(code -> code).orElse(List.of())) {
                if (element instanceof FieldInstruction field && field.name().equalsString("SINGLES")) {
                    given = field.opcode() == Opcode.GETSTATIC;
                } else if (element instanceof InvokeInstruction call
                        && call.owner().asInternalName().startsWith(VECTORS)) {
                    String name = call.name().stringValue();
                    boolean converts = name.equals("convertShape");
                    if ((made && !converts) || (given && converts)) {
                        found.add(at(type, method) + " calls " + name + " on half a vector of floats");
                    }
                    made = given && !call.owner().asInternalName().equals(VECTORS + "VectorSpecies");
                    given = false;
                }
            }
        }
        return found;
    }

    /// `reduceLanes` on floating-point lanes with anything but `MAX` or `MIN` written in the call: the order of a sum
    /// is not defined and does change.
    static List<String> unorderedReductions(ClassModel type) {
        List<String> found = new ArrayList<>();
        for (MethodModel method : type.methods()) {
            String operator = "?";
            for (CodeElement element : method.code().<Iterable<CodeElement>>map(code -> code).orElse(List.of())) {
                if (element instanceof FieldInstruction field && field.owner().asInternalName().equals(OPERATORS)) {
                    operator = field.name().stringValue();
                } else if (element instanceof InvokeInstruction call && isFloating(call.owner().asInternalName())
                        && call.name().stringValue().startsWith("reduceLanes")) {
                    if (!operator.equals("MAX") && !operator.equals("MIN")) {
                        found.add(at(type, method) + " reduces lanes with " + operator);
                    }
                    operator = "?";
                }
            }
        }
        return found;
    }

    /// `Math.exp` and its like anywhere: 3 to 10 % of the values depend on intrinsics. `StrictMath` has the same names.
    static List<String> intrinsicMath(ClassModel type) {
        List<String> found = new ArrayList<>();
        forEachInstruction(type, (method, element) -> {
            if (element instanceof InvokeInstruction call && call.owner().asInternalName().equals("java/lang/Math")
                    && (TRANSCENDENTAL.contains(call.name().stringValue()) || call.name().equalsString("random"))) {
                found.add(at(type, method) + " calls Math." + call.name());
            }
        });
        return found;
    }

    /// In kernels: any function of floats but those that are rounded exactly, of `StrictMath` too.
    static List<String> inexactKernelMath(ClassModel type) {
        List<String> found = new ArrayList<>();
        forEachInstruction(type, (method, element) -> {
            if (element instanceof InvokeInstruction call
                    && call.owner().asInternalName().matches("java/lang/(Strict)?Math")
                    && isOfFloats(call.typeSymbol()) && !EXACT.contains(call.name().stringValue())) {
                found.add(at(type, method) + " calls " + simple(call.owner().asInternalName()) + "." + call.name());
            }
        });
        return found;
    }

    /// Random numbers that are not a pure function of the seed by our own arithmetic.
    static List<String> foreignDraws(ClassModel type) {
        List<String> found = new ArrayList<>();
        forEachInstruction(type, (method, element) -> {
            if (element instanceof InvokeInstruction call && (FOREIGN_DRAWS.contains(call.name().stringValue())
                    || UNSEEDED.contains(call.owner().asInternalName()))) {
                found.add(at(type, method) + " calls " + simple(call.owner().asInternalName()) + "." + call.name());
            }
        });
        return found;
    }

    /// Parallel streams and the common pool: threads are the `WorkerTeam`'s alone.
    static List<String> borrowedThreads(ClassModel type) {
        List<String> found = new ArrayList<>();
        forEachInstruction(type, (method, element) -> {
            if (element instanceof InvokeInstruction call
                    && (call.name().equalsString("parallelStream") || call.name().equalsString("commonPool")
                            || call.name().stringValue().matches("parallel(Prefix|SetAll|Sort)?"))) {
                found.add(at(type, method) + " calls " + simple(call.owner().asInternalName()) + "." + call.name());
            }
        });
        return found;
    }

    /// Methods that take or return vectors, masks or shuffles and are too large to be inlined.
    static List<String> largeLaneHelpers(ClassModel type) {
        return largerThan(LARGEST_LANE_HELPER, type, method -> crossesCalls(method.methodTypeSymbol()));
    }

    /// Kernels that are too large to be compiled at every width.
    static List<String> largeKernels(ClassModel type) {
        return largerThan(LARGEST_KERNEL, type, _ -> true);
    }

    /// Loops over vectors that cut a slice on every turn, in methods that C2 may inline: where the caller's budget is used
    /// up, what works on the slice is called, and slice and vectors are objects.
    static List<String> slicesInSmallLoops(ClassModel type) {
        List<String> found = new ArrayList<>();
        for (MethodModel method : type.methods()) {
            CodeAttribute code = method.code().filter(CodeAttribute.class::isInstance).map(CodeAttribute.class::cast)
                    .orElse(null);
            if (code != null && code.codeLength() <= LARGEST_LANE_HELPER && loopsOver(code, "asSlice")
                    && loopsOver(code, "fromMemorySegment")) {
                found.add(at(type, method) + " cuts slices in a loop and has " + code.codeLength()
                        + " bytes of code, of which more than " + LARGEST_LANE_HELPER + " would keep it on its own");
            }
        }
        return found;
    }

    /// Whether a loop calls a method of this name.
    private static boolean loopsOver(CodeModel code, String name) {
        List<Object> before = new ArrayList<>();
        for (CodeElement element : code) {
            if (element instanceof BranchInstruction branch) {
                int begin = before.indexOf(branch.target());
                if (begin >= 0 && before.subList(begin, before.size()).stream()
                        .anyMatch(e -> e instanceof InvokeInstruction call && call.name().equalsString(name))) {
                    return true;
                }
            }
            before.add(element instanceof LabelTarget label ? label.label() : element);
        }
        return false;
    }

    private static List<String> largerThan(int most, ClassModel type, Predicate<MethodModel> which) {
        List<String> found = new ArrayList<>();
        for (MethodModel method : type.methods()) {
            int bytes = method.code().filter(CodeAttribute.class::isInstance)
                    .map(code -> ((CodeAttribute) code).codeLength()).orElse(0);
            if (bytes > most && which.test(method)) {
                found.add(at(type, method) + " has " + bytes + " bytes of code, at most " + most);
            }
        }
        return found;
    }

    /// Species as parameters, and species, shuffles, masks and vectors in fields that are not constants: 4 to 9 times
    /// slower.
    static List<String> variableSpecies(ClassModel type) {
        List<String> found = new ArrayList<>();
        for (MethodModel method : type.methods()) {
            if (method.methodTypeSymbol().parameterList().stream().anyMatch(p -> isVectorType(p, "Species"))) {
                found.add(at(type, method) + " takes a species");
            }
        }
        for (FieldModel field : type.fields()) {
            if (isVectorType(field.fieldTypeSymbol(), "")
                    && !(field.flags().has(AccessFlag.STATIC) && field.flags().has(AccessFlag.FINAL))) {
                found.add(name(type) + "." + field.fieldName() + " is not static final");
            }
        }
        return found;
    }

    /// The classes that hold a species; there is to be one.
    static boolean holdsSpecies(ClassModel type) {
        return type.fields().stream().anyMatch(field -> isVectorType(field.fieldTypeSymbol(), "Species"));
    }

    static String name(ClassModel type) {
        return type.thisClass().asInternalName().replace('/', '.');
    }

    private static boolean crossesCalls(MethodTypeDesc method) {
        return isVectorType(method.returnType(), "")
                || method.parameterList().stream().anyMatch(p -> isVectorType(p, ""));
    }

    private static boolean isVectorType(ClassDesc type, String suffix) {
        return type.descriptorString().startsWith("L" + VECTORS) && type.displayName().endsWith(suffix)
                && !type.displayName().startsWith("VectorOperators");
    }

    private static boolean isFloating(String owner) {
        return owner.equals(VECTORS + "FloatVector") || owner.equals(VECTORS + "DoubleVector")
                || owner.equals(VECTORS + "Vector");
    }

    private static boolean isOfFloats(MethodTypeDesc method) {
        String descriptor = method.descriptorString();
        return descriptor.contains("F") || descriptor.contains("D");
    }

    private static String at(ClassModel type, MethodModel method) {
        return name(type) + "." + method.methodName();
    }

    private static String simple(String internalName) {
        return internalName.substring(internalName.lastIndexOf('/') + 1);
    }

    private static void forEachInstruction(ClassModel type, Visitor visitor) {
        for (MethodModel method : type.methods()) {
            for (CodeElement element : method.code().<Iterable<CodeElement>>map((CodeModel code) -> code)
                    .orElse(List.of())) {
                visitor.visit(method, element);
            }
        }
    }

    private interface Visitor {
        void visit(MethodModel method, CodeElement element);
    }
}
