// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every gradient of nets with activations and dropout between their layers against central differences.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class ActivationGradientTest {
    static Stream<List<Layer>> nets() {
        return Stream.of(between(new ReLU()), between(new Sigmoid()), between(new Tanh()), between(new Dropout(0.3f)),
                between(new ReLU(), new Dropout()), between(new Sigmoid(), new Dropout(0.2f)),
                between(new Dropout(0.1f), new Tanh(), new ReLU()), between(new ReLU(), new Sigmoid(), new ReLU()),
                List.of(new Linear(3, 5), new Tanh(), new Linear(5, 18, false), new ReLU(), new Dropout(0.25f),
                        new Linear(18, 2), new Sigmoid()),
                between(new LeakyReLU()), between(new LeakyReLU(-0.5f)), between(new ELU()), between(new ELU(0.3f)),
                between(new SELU()), between(new GELU()), between(new GELU(GELU.Approximate.TANH)),
                between(new SiLU()), between(new Mish()), between(new Softplus()), between(new Softplus(3, 0.5f)),
                between(new LogSigmoid()), between(new Hardtanh()), between(new Hardtanh(-0.1f, 0.3f)),
                between(new ReLU6()), between(new Flatten()), between(new Softmax()), between(new LogSoftmax()),
                between(new ReLU(), new LogSoftmax(), new Softmax()), between(new SiLU(), new GELU(), new Mish()),
                List.of(new Linear(3, 5), new ELU(), new Linear(5, 18, false), new Softplus(),
                        new Dropout(0.25f), new Linear(18, 2), new LogSigmoid()),
                between(new Dropout(1)), between(new Dropout(0)));
    }

    private static List<Layer> between(Layer... middle) {
        List<Layer> layers = new ArrayList<>(List.of(middle));
        layers.addFirst(new Linear(4, 20));
        layers.addLast(new Linear(20, 2));
        return layers;
    }

    @ParameterizedTest
    @MethodSource("nets")
    void squaredErrors(List<Layer> chain) {
        Layer[] layers = chain.toArray(Layer[]::new);
        double elements = GradientTest.ROWS * 2.0;
        try (FloatMatrix y = RandomTables.floats(RandomTables.random(55), GradientTest.ROWS, 2);
                Sequential net = new Sequential(layers)) {
            GradientTest.check(net, layers, new MSELoss(), y, DoubleTwin.toDouble(y),
                    (p, t) -> DoubleTwin.squaredError(p, t, 1) / elements);
        }
    }
}
