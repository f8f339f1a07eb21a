// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.bench;

/// What is timed: data, model, batches and optimizer, or a single prediction or matrix product.
public enum Workload {
    W1("W1", "linear regression", Kind.TRAINING, 1000, 10, Order.IN_ORDER, Recipe.SGD, "2-1"),

    W2("W2", "softmax regression", Kind.TRAINING, 60_000, 256, Order.IN_ORDER, Recipe.SGD, "784-10"),

    W2S("W2S", "softmax regression", Kind.TRAINING, 60_000, 256, Order.SHUFFLED, Recipe.SGD, "784-10"),

    W2B("W2B", "softmax regression", Kind.TRAINING, 60_000, 256, Order.SHUFFLED_BYTES, Recipe.SGD, "784-10"),

    W3("W3", "MLP", Kind.TRAINING, 60_000, 256, Order.IN_ORDER, Recipe.SGD, "784-256-10"),

    W3B("W3b", "MLP", Kind.TRAINING, 60_000, 256, Order.IN_ORDER, Recipe.SGD, "784-512-256-10"),

    W3DM("W3dm", "MLP", Kind.TRAINING, 60_000, 256, Order.IN_ORDER, Recipe.DROPOUT_MOMENTUM, "784-512-256-10"),

    W4("W4", "softmax regression", Kind.TRAINING, 20_000, 512, Order.IN_ORDER, Recipe.SGD, "1024-1000"),

    W5("W5", "MLP", Kind.TRAINING, 60_000, 256, Order.IN_ORDER, Recipe.ADAM, "784-256-10"),

    W6("W6", "linear regression", Kind.TRAINING, 1_000_000, 1024, Order.IN_ORDER, Recipe.SGD, "100-1"),

    W8A("W8a", "prediction, softmax regression", Kind.PREDICTION, 1, 1, Order.IN_ORDER, Recipe.SGD, "784-10"),

    W8C("W8c", "prediction, MLP", Kind.PREDICTION, 1, 1, Order.IN_ORDER, Recipe.SGD, "784-256-10"),

    P1("P1", "matrix product", Kind.PRODUCT, 1024, 1024, Order.IN_ORDER, Recipe.SGD, "1024-1024"),

    P2("P2", "matrix product", Kind.PRODUCT, 256, 256, Order.IN_ORDER, Recipe.SGD, "784-256"),

    P3("P3", "transposed matrix product", Kind.GRADIENT_PRODUCT, 256, 256, Order.IN_ORDER, Recipe.SGD, "784-256"),

    P4("P4", "matrix product", Kind.PRODUCT, 512, 512, Order.IN_ORDER, Recipe.SGD, "1024-1000");

    /// What a step is, and so in what unit the time is given.
    public enum Kind {
        /// Steps of a trainer; the unit is an epoch, or a step where that is all there is to say.
        TRAINING,
        /// The outputs of one row.
        PREDICTION,
        /// `X W^T`: the forward pass of a layer.
        PRODUCT,
        /// `X^T dY`: the parameter gradient of a layer.
        GRADIENT_PRODUCT
    }

    /// How the rows of an epoch are ordered, and their features stored.
    enum Order {
        IN_ORDER, SHUFFLED, SHUFFLED_BYTES
    }

    /// How the parameters follow their gradients; dropout is one half, after every hidden layer.
    enum Recipe {
        SGD, DROPOUT_MOMENTUM, ADAM
    }

    /// More bytes than caches hold come from memory in each epoch.
    private static final long CACHED_BYTES = 16L << 20;

    private final String id;
    private final String title;
    private final Kind kind;
    private final int rows;
    private final int batch;
    private final Order order;
    private final Recipe recipe;
    /// Features, hidden units, outputs.
    private final String shape;

    Workload(String id, String title, Kind kind, int rows, int batch, Order order, Recipe recipe,
            String shape) {
        this.id = id;
        this.title = title;
        this.kind = kind;
        this.rows = rows;
        this.batch = batch;
        this.order = order;
        this.recipe = recipe;
        this.shape = shape;
    }

    /// Its name on the command line and in results.
    public String id() {
        return id;
    }

    /// What it is, in a few words.
    public String description() {
        return title + " " + switch (kind) {
            case TRAINING -> shape + ", " + rows + " rows, batch " + batch
                    + switch (recipe) {
                        case SGD -> "";
                        case DROPOUT_MOMENTUM -> ", dropout 0.5, momentum 0.9";
                        case ADAM -> ", Adam";
                    } + switch (order) {
                        case IN_ORDER -> "";
                        case SHUFFLED -> ", shuffled";
                        case SHUFFLED_BYTES -> ", shuffled, features as bytes";
                    };
            case PREDICTION -> shape;
            case PRODUCT, GRADIENT_PRODUCT -> rows + "x" + width(0) + "x" + width(1);
        };
    }

    /// What is done.
    public Kind kind() {
        return kind;
    }

    /// In what the seconds are given: `epoch`, `step`, `row` or `product`.
    public String unit() {
        return switch (kind) {
            case TRAINING -> this == W1 ? "step" : "epoch";
            case PREDICTION -> "row";
            case PRODUCT, GRADIENT_PRODUCT -> "product";
        };
    }

    int rows() {
        return rows;
    }

    int batch() {
        return batch;
    }

    boolean shuffled() {
        return order != Order.IN_ORDER;
    }

    Recipe recipe() {
        return recipe;
    }

    boolean bytes() {
        return order == Order.SHUFFLED_BYTES;
    }

    int width(int layer) {
        return Integer.parseInt(shape.split("-", -1)[layer]);
    }

    int layers() {
        return shape.split("-", -1).length - 1;
    }

    int outputs() {
        return width(layers());
    }

    /// Steps in a unit.
    int stepsPerUnit() {
        return unit().equals("epoch") ? Math.ceilDiv(rows, batch) : 1;
    }

    /// Rows in a unit.
    public int samplesPerUnit() {
        return unit().equals("epoch") ? rows : batch;
    }

    /// Operations of the matrix products in a unit, a multiply-add being two: forward, parameter gradients, and the
    /// activation gradients of all layers but the first.
    public double flopsPerUnit() {
        double products = 0;
        for (int layer = 0; layer < layers(); layer++) {
            int times = kind != Kind.TRAINING ? 1 : layer == 0 ? 2 : 3;
            products += (double) times * width(layer) * width(layer + 1);
        }
        return 2 * products * samplesPerUnit();
    }

    /// Bytes that have to be read at the least, without padding. Training reads each feature once, since a batch stays
    /// in cache, and the parameters stay there too; a prediction reads the parameters; a product its factors.
    public double bytesPerUnit() {
        double parameters = 0;
        for (int layer = 0; layer < layers(); layer++) {
            parameters += (double) width(layer) * width(layer + 1);
        }
        double features = (double) samplesPerUnit() * width(0);
        return (bytes() ? Byte.BYTES : Float.BYTES) * switch (kind) {
            case TRAINING -> features;
            case PREDICTION, PRODUCT -> features + parameters;
            case GRADIENT_PRODUCT -> features + (double) rows * outputs();
        };
    }

    /// Whether the bytes come from memory, because all of the data is more than a cache holds.
    public boolean fromMemory() {
        return kind == Kind.TRAINING && unit().equals("epoch") && bytesPerUnit() > CACHED_BYTES;
    }

    /// The share of the machine's roofline that `seconds` for a unit are: the time that the operations take at the
    /// peak, or the bytes at full bandwidth, whichever is more, over the time taken.
    public double rooflineFraction(double seconds, MachinePeak peak) {
        double bandwidth = fromMemory() ? peak.dramGbps() : peak.l2Gbps();
        double least = Math.max(flopsPerUnit() / peak.fmaGflops(), bytesPerUnit() / bandwidth) / 1e9;
        return least / seconds;
    }
}
