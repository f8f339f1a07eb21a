// SPDX-License-Identifier: Apache-2.0

/// Lanewise: a trainer for linear regression, softmax regression and multilayer perceptrons.
module dev.lanewise {
    requires it.unimi.dsi.fastutil.core;
    requires jdk.incubator.vector;
    requires tools.jackson.core;

    requires static ch.randelshofer.fastdoubleparser;
    requires static de.siegmar.fastcsv;
    requires static ejml.core;
    requires static ejml.ddense;
    requires static info.picocli;
    requires static transitive org.jspecify;

    exports dev.lanewise;
    exports dev.lanewise.data;
    exports dev.lanewise.exact;
    exports dev.lanewise.memory;
    exports dev.lanewise.metrics;
    exports dev.lanewise.model;
    exports dev.lanewise.nn;
    exports dev.lanewise.optim;
    exports dev.lanewise.random;
    exports dev.lanewise.schedule;
}
