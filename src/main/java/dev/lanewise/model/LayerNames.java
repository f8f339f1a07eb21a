// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.nn.Module;
import dev.lanewise.nn.Sequential;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The dotted names of layers, such as `body.0`, and the nested [Sequential]s that they say.
final class LayerNames {
    /// Enough for anybody, and no way to exhaust the stack.
    private static final int DEEPEST = 32;
    private static final int LONGEST = 256;

    private LayerNames() {
    }

    /// The names of layers in a flat `Sequential`: their positions.
    static List<String> positions(int layers) {
        return IntStream.range(0, layers).mapToObj(Integer::toString).toList();
    }

    /// **Throws** `IllegalArgumentException` unless these are the names of `layers` layers of a `Sequential`.
    static void check(List<String> names, int layers) {
        if (names.size() != layers) {
            throw new IllegalArgumentException(
                    "ModelConfig: " + names.size() + " names given for " + layers + " layers, expected one for each");
        }
        List<String[]> paths = new ArrayList<>();
        for (String name : names) {
            String[] path = name.split("\\.", -1);
            boolean whole = path.length <= DEEPEST && name.length() <= LONGEST && Quoted.isWellFormed(name);
            for (String part : path) {
                whole &= !part.isEmpty();
            }
            if (!whole) {
                throw new IllegalArgumentException("ModelConfig: a layer is named " + Quoted.of(name)
                        + ", expected at most "
                        + DEEPEST + " names of modules with points between them, " + LONGEST + " characters in all");
            }
            paths.add(path);
        }
        checkGroups(paths, 0, 0, layers);
    }

    /// Layers of one module follow each other, and no layer has the name of a module.
    private static void checkGroups(List<String[]> paths, int depth, int first, int end) {
        List<String> seen = new ArrayList<>();
        for (int from = first; from < end; from = endOfGroup(paths, depth, from, end)) {
            int to = endOfGroup(paths, depth, from, end);
            String[] path = paths.get(from);
            if (seen.contains(path[depth])) {
                throw new IllegalArgumentException("ModelConfig: layer " + Quoted.of(String.join(".", path))
                        + " does not follow the others of its module, expected them together, and each name once");
            }
            seen.add(path[depth]);
            boolean leaf = path.length == depth + 1;
            for (int i = from; i < to; i++) {
                if ((paths.get(i).length == depth + 1) != leaf || (leaf && to - from > 1)) {
                    throw new IllegalArgumentException("ModelConfig: " + Quoted.of(String.join(".", paths.get(i)))
                            + " has the name of another layer or module, expected each name once");
                }
            }
            if (!leaf) {
                checkGroups(paths, depth + 1, from, to);
            }
        }
    }

    private static int endOfGroup(List<String[]> paths, int depth, int from, int end) {
        int to = from + 1;
        while (to < end && paths.get(to)[depth].equals(paths.get(from)[depth])) {
            to++;
        }
        return to;
    }

    /// The `Sequential` of modules with these names, which [#check] has accepted.
    static Sequential nest(List<String> names, List<Module> modules) {
        return nest(names.stream().map(name -> name.split("\\.", -1)).toList(), modules, 0, 0, names.size());
    }

    private static Sequential nest(List<String[]> paths, List<Module> modules, int depth, int first, int end) {
        List<String> names = new ArrayList<>();
        List<Module> children = new ArrayList<>();
        for (int from = first; from < end;) {
            int to = endOfGroup(paths, depth, from, end);
            names.add(paths.get(from)[depth]);
            children.add(paths.get(from).length == depth + 1 ? modules.get(from)
                    : nest(paths, modules, depth + 1, from, to));
            from = to;
        }
        if (names.equals(positions(names.size()))) {
            return new Sequential(children.toArray(Module[]::new));
        }
        Sequential.Builder builder = Sequential.named();
        for (int i = 0; i < names.size(); i++) {
            builder.add(names.get(i), children.get(i));
        }
        return builder.build();
    }
}
