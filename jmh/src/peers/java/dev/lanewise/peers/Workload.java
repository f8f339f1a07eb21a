// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

/// What is timed. One entry describes data, model, batches and optimizer for all contenders.
public enum Workload {
    W1(Kind.TRAINING, Source.numbers(1000), Net.of(2, 1), Batching.inOrder(10), Update.sgd(0.03f), Marks.of(230, 1)),

    W2(Kind.TRAINING, Source.DIGITS, Net.of(784, 10), Batching.inOrder(256), Update.sgd(0.1f), Marks.of(3.7, 2.5)),

    W2S(Kind.TRAINING, Source.DIGITS, Net.of(784, 10), Batching.shuffled(256), Update.sgd(0.1f), Marks.of(4.5, 1)),

    W2B(Kind.TRAINING, Source.DIGITS, Net.of(784, 10), Batching.shuffledBytes(256), Update.sgd(0.1f),
            Marks.of(5.5, 3.5)),

    W3(Kind.TRAINING, Source.DIGITS, Net.of(784, 256, 10), Batching.inOrder(256), Update.sgd(0.1f),
            Marks.of(1.22, 1.15)),

    W3b(Kind.TRAINING, Source.DIGITS, Net.of(784, 512, 256, 10), Batching.inOrder(256), Update.sgd(0.1f),
            Marks.of(1.2, 1)),

    W3dm(Kind.TRAINING, Source.DIGITS, new Net(0.5f, 784, 512, 256, 10), Batching.inOrder(256),
            Update.momentum(0.01f, 0.9f), Marks.of(1.8, 1)),

    W4(Kind.TRAINING, Source.numbers(20_000), Net.of(1024, 1000), Batching.inOrder(512), Update.sgd(0.1f),
            Marks.of(1.18, 1.05)),

    W5(Kind.TRAINING, Source.DIGITS, Net.of(784, 256, 10), Batching.inOrder(256), Update.adam(0.001f),
            Marks.of(1.4, 1)),

    W6(Kind.TRAINING, Source.numbers(1_000_000), Net.of(100, 1), Batching.inOrder(1024), Update.sgd(0.03f),
            Marks.of(3.8, 1)),

    W8a(Kind.PREDICTION, Source.DIGITS.first(1000), Net.of(784, 10), Batching.inOrder(1), Update.sgd(0), Marks.NONE),

    W8c(Kind.PREDICTION, Source.DIGITS.first(1000), Net.of(784, 256, 10), Batching.inOrder(1), Update.sgd(0),
            Marks.NONE),

    /// X W^T with X (1024, 1024).
    P1(Kind.FORWARD_PRODUCT, Source.numbers(1024), Net.of(1024, 1024), Batching.inOrder(1024), Update.sgd(0),
            Marks.NONE),

    /// X W^T with X (256, 784): the forward pass of a layer.
    P2(Kind.FORWARD_PRODUCT, Source.numbers(256), Net.of(784, 256), Batching.inOrder(256), Update.sgd(0), Marks.NONE),

    /// dY^T X with X (256, 784): the gradient of its weight.
    P3(Kind.GRADIENT_PRODUCT, Source.numbers(256), Net.of(784, 256), Batching.inOrder(256), Update.sgd(0), Marks.NONE),

    /// X W^T with X (512, 1024).
    P4(Kind.FORWARD_PRODUCT, Source.numbers(512), Net.of(1024, 1000), Batching.inOrder(512), Update.sgd(0), Marks.NONE);

    /// What is done, and so in what unit its time is given.
    public enum Kind {
        TRAINING, PREDICTION, FORWARD_PRODUCT, GRADIENT_PRODUCT
    }

    /// Where the rows come from: MNIST if there is a folder with it, otherwise bytes of its shape; or made-up numbers.
    public record Source(boolean isDigits, int rows) {
        static final Source DIGITS = new Source(true, 60_000);

        static Source numbers(int rows) {
            return new Source(false, rows);
        }

        Source first(int count) {
            return new Source(isDigits, count);
        }
    }

    /// How the rows are cut into batches; `bytes` allows features stored as bytes.
    public record Batching(int size, boolean isShuffled, boolean bytes) {
        static Batching inOrder(int size) {
            return new Batching(size, false, false);
        }

        static Batching shuffled(int size) {
            return new Batching(size, true, false);
        }

        static Batching shuffledBytes(int size) {
            return new Batching(size, true, true);
        }
    }

    public final Kind kind;
    public final Source source;
    public final Net net;
    public final Batching batching;
    public final Update update;
    final Marks marks;

    Workload(Kind kind, Source source, Net net, Batching batching, Update update, Marks marks) {
        this.kind = kind;
        this.source = source;
        this.net = net;
        this.batching = batching;
        this.update = update;
        this.marks = marks;
    }

    public int rows() {
        return source.rows;
    }

    /// In what the time is given.
    String unit() {
        return switch (kind) {
            case TRAINING -> this == W1 ? "step" : "epoch";
            case PREDICTION -> "row";
            case FORWARD_PRODUCT, GRADIENT_PRODUCT -> "product";
        };
    }

    /// Units in one repetition: an epoch, all rows one by one, one product.
    int unitsPerRepetition() {
        return switch (kind) {
            case TRAINING -> this == W1 ? Math.ceilDiv(rows(), batching.size) : 1;
            case PREDICTION -> rows();
            case FORWARD_PRODUCT, GRADIENT_PRODUCT -> 1;
        };
    }

    /// Rows in one repetition.
    int samplesPerRepetition() {
        return rows();
    }

    /// Floating-point operations in one repetition.
    double flopsPerRepetition() {
        return switch (kind) {
            case TRAINING -> net.flopsPerRow() * rows();
            case PREDICTION, FORWARD_PRODUCT, GRADIENT_PRODUCT -> {
                double products = 0;
                for (int i = 0; i < net.layers(); i++) {
                    products += (double) net.widths()[i] * net.widths()[i + 1];
                }
                yield 2 * products * rows();
            }
        };
    }

    String title() {
        return switch (kind) {
            case TRAINING -> net + ", " + rows() + " rows, batch " + batching.size + ", " + update
                    + (batching.isShuffled ? ", shuffled" : "") + (batching.bytes ? ", features as bytes" : "");
            case PREDICTION -> "prediction of one row, " + net;
            case FORWARD_PRODUCT -> "X W^T, " + rows() + " x " + net.in() + " x " + net.out();
            case GRADIENT_PRODUCT -> "dY^T X, " + rows() + " x " + net.in() + " x " + net.out();
        };
    }
}
