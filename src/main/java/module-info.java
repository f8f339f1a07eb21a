// SPDX-License-Identifier: Apache-2.0

/// Lanewise: a trainer for linear regression, softmax regression and multilayer perceptrons.
module dev.lanewise {
    requires jdk.incubator.vector;
    requires static org.jspecify;

    exports dev.lanewise;
    exports dev.lanewise.memory;
    exports dev.lanewise.metrics;
    exports dev.lanewise.nn;
    exports dev.lanewise.optim;
}
