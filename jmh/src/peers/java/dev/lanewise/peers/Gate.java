// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Equal results before any time is taken, measured against libtorch's.
///
/// The first epochs' mean losses and the weights after the first steps (or the predictions, or the product) may differ by rounding
/// only. Dropout draws other masks in each library: weights are compared without it, and then the losses with it.
record Gate(double lossDistance, double valueDistance, double dropoutDistance) {
    /// Largest relative difference of a loss.
    static final double LOSS_TOLERANCE = 1e-4;
    /// Largest length of the difference of the weights, relative to their length.
    static final double VALUE_TOLERANCE = 1e-5;
    /// Largest relative difference of a loss under dropout.
    static final double DROPOUT_TOLERANCE = 0.03;

    /// Compares all of `links`, of which libtorch is one.
    static Map<Party, Gate> compare(Workload workload, List<ContenderLink> links) throws IOException {
        boolean hasDropout = workload.net.dropout() > 0;
        ContenderLink torch = links.stream().filter(link -> link.party == Party.TORCH).findFirst().orElseThrow();
        Evidence measure = torch.evidence(true);
        Evidence dropoutMeasure = hasDropout ? torch.evidence(false) : measure;
        Map<Party, Gate> gates = new EnumMap<>(Party.class);
        for (ContenderLink link : links) {
            Evidence evidence = link.evidence(true);
            Evidence dropout = hasDropout ? link.evidence(false) : evidence;
            gates.put(link.party, new Gate(evidence.lossDistance(measure), evidence.valueDistance(measure),
                    hasDropout ? dropout.lossDistance(dropoutMeasure) : 0));
        }
        return gates;
    }

    boolean isPassed() {
        return lossDistance <= LOSS_TOLERANCE && valueDistance <= VALUE_TOLERANCE
                && dropoutDistance <= DROPOUT_TOLERANCE;
    }

    @Override
    public String toString() {
        return String.format("losses within %.1e, values within %.1e%s", lossDistance, valueDistance,
                dropoutDistance > 0 ? String.format(", losses under dropout within %.1e", dropoutDistance) : "");
    }
}
