// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;

/// The outputs of a forward pass, (rows, outFeatures), and the way back through it for a loss.
///
/// A reused object, valid until the next `forward` of its module but one.
public final class Output extends Rows {
    private final Pass pass;

    Output(Pass pass, FloatMatrix memory) {
        super(memory, 0, 0);
        this.pass = pass;
    }

    Pass pass() {
        return pass;
    }
}
