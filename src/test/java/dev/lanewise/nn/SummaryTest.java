// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.memory.NoLeak;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeak.class)
class SummaryTest {
    @Test
    void isATableOfLayersShapesParametersAndBytes() {
        Sequential encoder = Sequential.named().add("in", new Linear(784, 256)).add("act", new ReLU()).build();
        try (Sequential net = Sequential.named().add("encoder", encoder).add("drop", new Dropout(0.2f))
                .add("head", new Linear(256, 10, false)).build()) {
            net.getParameter("encoder.in.weight").requiresGrad(false);
            assertEquals("""
                    Sequential of (rows, 784)
                    Name         Layer                        Output       Parameters  Trainable    Bytes
                    encoder.in   Linear(784, 256)             (rows, 256)     200,960        256  803,840
                    encoder.act  ReLU()                       (rows, 256)           0          0        0
                    drop         Dropout(p=0.2)               (rows, 256)           0          0        0
                    head         Linear(256, 10, bias=false)  (rows, 10)        2,560      2,560   10,240
                    Total                                                     203,520      2,816  814,080
                    Frozen parameters: 200,704. Outputs of all layers: 3,112 bytes a row.
                    """, net.summary().toString());
            assertEquals(net.summary(784), net.summary());
            assertEquals(10, net.summary().outFeatures());
            assertEquals(0, net.bytesOffHeap(), "a summary makes no memory");
        }
    }

    @Test
    void ofALoneLayer() {
        try (Linear layer = new Linear(2, 1)) {
            assertEquals("""
                    Linear of (rows, 2)
                    Name   Layer         Output     Parameters  Trainable  Bytes
                           Linear(2, 1)  (rows, 1)           3          3     12
                    Total                                    3          3     12
                    Frozen parameters: 0. Outputs of all layers: 4 bytes a row.
                    """, layer.summary().toString());
        }
    }

    @Test
    void needsToKnowTheFeatures() {
        try (Sequential net = new Sequential(new Scale(3), new Linear(3, 1)); ReLU relu = new ReLU()) {
            for (Module module : new Module[]{net, relu}) {
                assertMessage(IllegalStateException.class, "Module.summary: " + module
                        + " does not begin with a Linear layer that says how many features a row has; use"
                        + " summary(inFeatures)", module::summary);
            }
            assertEquals(10, net.summary(3).parameters());
            assertMessage(IllegalArgumentException.class, "Scale: 4 features, expected 3", () -> net.summary(4));
        }
    }
}
