// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

/// How many times as fast as each peer Lanewise is to be, with one thread; 0 where nothing is asked. With more threads
/// the mark is to be ahead.
record Marks(double torch, double blas) {
    static final Marks NONE = new Marks(0, 0);

    static Marks of(double torch, double blas) {
        return new Marks(torch, blas);
    }

    double against(Party peer, int threads) {
        double mark = switch (peer) {
            case LANEWISE -> 0;
            case TORCH -> torch;
            case BLAS -> blas;
        };
        return threads == 1 || mark == 0 ? mark : 1;
    }
}
