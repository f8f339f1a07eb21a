// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The sinks of all parameters of a module, opened and closed together.
final class ParameterSinks {
    private final ParameterSink[] sinks;
    private final Parameter[] parameters;

    ParameterSinks(List<Parameter> all) {
        parameters = all.toArray(Parameter[]::new);
        sinks = all.stream().map(Parameter::sink).toArray(ParameterSink[]::new);
    }

    /// All memory first: if it is refused, no parameter has begun a step or claims a gradient.
    void open(@Nullable FusedOptimizer optimizer, @Nullable LossFunction function) {
        for (ParameterSink sink : sinks) {
            sink.prepare(optimizer);
        }
        if (function == null) {
            throw new AssertionError("no loss");
        }
        for (int i = 0; i < sinks.length; i++) {
            function.penalize(parameters[i]);
            sinks[i].open(optimizer);
        }
    }

    void close() {
        for (ParameterSink sink : sinks) {
            sink.close();
        }
    }
}
