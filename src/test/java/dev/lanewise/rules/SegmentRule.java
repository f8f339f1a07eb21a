// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.constant.ClassDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Kernels ask the segments they are given whether they are native before they load from them or store to them. Where
/// a program uses heap segments as well, a kernel that has not asked makes a real call for each vector.
///
/// Follows the segments through a method's code: from parameters, through slices and local variables, to accesses.
final class SegmentRule {
    private static final String SEGMENT = "java/lang/foreign/MemorySegment";
    private static final String VECTORS = "jdk/incubator/vector/";
    /// Stands for a segment that is no parameter: a constant, or memory of the kernel's own.
    private static final int NO_PARAMETER = -1;

    /// Which parameter, counted from 0, the segments in local variables and on the operand stack come from.
    private final Map<Integer, Integer> locals = new HashMap<>();
    private final Deque<Integer> stack = new ArrayDeque<>();
    private final Set<Integer> asked = new HashSet<>();
    private final Set<Integer> unasked = new TreeSet<>();

    private SegmentRule(MethodModel method) {
        int slot = method.flags().has(AccessFlag.STATIC) ? 0 : 1;
        List<ClassDesc> parameters = method.methodTypeSymbol().parameterList();
        for (int i = 0; i < parameters.size(); i++) {
            if (isSegment(parameters.get(i))) {
                locals.put(slot, i);
            }
            slot += TypeKind.from(parameters.get(i)).slotSize();
        }
        for (CodeElement element : method.code().<Iterable<CodeElement>>map(code -> code).orElse(List.of())) {
            follow(element);
        }
    }

    /// One line for each method, but private ones, which are inlined where the question has been asked.
    static List<String> unaskedSegments(ClassModel type) {
        List<String> found = new ArrayList<>();
        for (MethodModel method : type.methods()) {
            Set<Integer> unasked = new SegmentRule(method).unasked;
            if (!unasked.isEmpty() && !method.flags().has(AccessFlag.PRIVATE)) {
                found.add(BytecodeRules.name(type) + "." + method.methodName() + " does not ask parameters " + unasked);
            }
        }
        return found;
    }

    private void follow(CodeElement element) {
        if (element instanceof LoadInstruction load && load.typeKind() == TypeKind.REFERENCE) {
            Integer from = locals.get(load.slot());
            if (from != null) {
                stack.push(from);
            }
        } else if (element instanceof StoreInstruction store && store.typeKind() == TypeKind.REFERENCE) {
            if (stack.isEmpty()) {
                locals.remove(store.slot());
            } else {
                locals.put(store.slot(), stack.pop());
            }
        } else if (element instanceof FieldInstruction field && isSegment(field.typeSymbol())) {
            stack.push(NO_PARAMETER);
        } else if (element instanceof InvokeInstruction call) {
            call(call);
        }
    }

    private void call(InvokeInstruction call) {
        String owner = call.owner().asInternalName();
        String name = call.name().stringValue();
        boolean ofSegment = owner.equals(SEGMENT) && call.opcode() != Opcode.INVOKESTATIC;
        long given = call.typeSymbol().parameterList().stream().filter(SegmentRule::isSegment).count();
        boolean accesses = (owner.startsWith(VECTORS) && name.endsWith("MemorySegment"))
                || (ofSegment && name.matches("(get|set)(AtIndex)?"));
        int from = NO_PARAMETER;
        for (long i = given + (ofSegment ? 1 : 0); i > 0; i--) {
            from = stack.isEmpty() ? NO_PARAMETER : stack.pop();
            if (accesses && from != NO_PARAMETER && !asked.contains(from)) {
                unasked.add(from);
            }
        }
        if (ofSegment && name.equals("isNative")) {
            asked.add(from);
        }
        if (isSegment(call.typeSymbol().returnType())) {
            stack.push(name.equals("asSlice") ? from : NO_PARAMETER);
        }
    }

    private static boolean isSegment(ClassDesc type) {
        return type.descriptorString().equals("L" + SEGMENT + ";");
    }
}
