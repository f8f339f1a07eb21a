// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import dev.lanewise.peers.blas.BlasContender;
import dev.lanewise.peers.torch.TorchContender;

/// Who takes part, in the order of the turns.
enum Party {
    LANEWISE("Lanewise"), TORCH("libtorch"), BLAS("OpenBLAS by hand");

    final String title;

    Party(String title) {
        this.title = title;
    }

    Contender start(int threads) {
        return switch (this) {
            case LANEWISE -> new LanewiseContender(threads);
            case TORCH -> new TorchContender(threads);
            case BLAS -> new BlasContender(threads);
        };
    }
}
