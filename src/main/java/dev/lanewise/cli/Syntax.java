// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.bench.Workload;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The commands and their options, in the order of the help: common ones first.
///
/// Built by hand and not from annotations: no reflection, and only the command that was asked for. Every value is taken
/// as text, as often as it is given, so that [Arguments] can check it by rules of our own and name both of two.
enum Syntax {
    TRAIN("train", "Trains softmax regression for classes, linear regression for numbers; with --hidden, an MLP.", null,
            """
                    lanewise train
                    lanewise train --data iris.csv --label species --out iris.safetensors
                    lanewise train --data houses.csv --label price --test houses-test.csv --epochs 100
                    lanewise train --data idx:mnist --epochs 10 --json
                    lanewise train --data idx:mnist --hidden 256 --dropout 0.2 --momentum 0.9
                    lanewise train --data synthetic:1000x2 --epochs 3 --batch-size 10"""),

    EVALUATE("evaluate", "Tells how good a model is on data with labels.", "MODEL", """
            lanewise evaluate iris.safetensors --data iris-new.csv
            lanewise evaluate mnist.safetensors --data idx:mnist --json"""),

    PREDICT("predict", "Writes one prediction a row, as CSV.", "MODEL", """
            lanewise predict iris.safetensors --data iris-new.csv
            lanewise predict iris.safetensors --data iris-new.csv --out predictions.csv --overwrite"""),

    INSPECT("inspect", "Tells what is in a model: layers, sizes, labels and scaling.", "MODEL", """
            lanewise inspect iris.safetensors
            lanewise inspect iris.safetensors --json"""),

    BENCH("bench", "Measures this machine, and how near to its limits Lanewise comes.", null, """
            lanewise bench
            lanewise bench --quick
            lanewise bench --workload W2,W4 --threads 1,4 --json""");

    private final String command;
    private final String summary;
    private final @Nullable String operand;
    private final String examples;

    Syntax(String command, String summary, @Nullable String operand, String examples) {
        this.command = command;
        this.summary = summary;
        this.operand = operand;
        this.examples = examples;
    }

    String command() {
        return command;
    }

    String summary() {
        return summary;
    }

    String examples() {
        return examples;
    }

    /// The command as picocli takes it.
    CommandSpec spec() {
        CommandSpec spec = CommandSpec.create().name("lanewise " + command);
        if (operand != null) {
            spec.addPositional(PositionalParamSpec.builder().index("0").arity("1").required(true).paramLabel(operand)
                    .type(String.class).description("Model file made by lanewise train --out.").build());
        }
        switch (this) {
            case TRAIN -> addTrainOptions(spec);
            case EVALUATE -> addDataOptions(spec, "the label column of the model");
            case BENCH -> addBenchOptions(spec);
            case INSPECT -> {
            }
            case PREDICT -> {
                addDataOptions(spec, null);
                spec.addOption(value("--out", "FILE|-", "Where the predictions go; - is stdout. Default: -"));
                spec.addOption(flag("--overwrite", "Replace the file of --out if it exists."));
            }
        }
        if (this != PREDICT) {
            spec.addOption(flag("--json", this == BENCH
                    ? "Print one JSON object a line on stdout, for each workload and number of threads."
                    : "Print the result as one JSON object on stdout."));
        }
        spec.addOption(flag("--debug", "Print the stack trace after an error message."));
        spec.addOption(OptionSpec.builder("-h", "--help").arity("0").type(boolean.class).usageHelp(true)
                .description("Print this help.").build());
        return spec;
    }

    private static void addTrainOptions(CommandSpec spec) {
        spec.addOption(value("--data", "DATA", "What to train on. Default: digits",
                "digits: 1797 embedded images of handwritten digits; 359 of them are the test rows",
                "FILE.csv: numeric CSV with a header; needs --label",
                "idx:DIR: the four IDX files of MNIST's layout in DIR, gzip or not; t10k is the test set",
                "synthetic:ROWSxCOLS: generated linear regression"));
        spec.addOption(value("--label", "COLUMN", "Name of the label column of a CSV file; all others are features."));
        spec.addOption(value("--test", "FILE", "CSV file to test on, with the columns of --data."));
        spec.addOption(value("--test-fraction", "F", "Share of the rows of a CSV file or of synthetic data to test on.",
                "Default: 0.2"));
        spec.addOption(value("--task", "TASK", "auto, regression or classification. Default: auto",
                "auto: classification if all labels are integers, with at most 100 distinct ones"));
        spec.addOption(value("--scale", "SCALE", "standard (mean 0, deviation 1 over the training rows) or none.",
                "Default: standard for CSV, else none"));
        spec.addOption(value("--hidden", "SIZES", "Outputs of each hidden layer, separated by commas, such as 256,128."
                + " Default: no hidden layer"));
        spec.addOption(value("--activation", "NAME", "What follows each hidden layer: "
                + NetworkOptions.Activation.names() + ". Default: relu"));
        spec.addOption(flag("--batch-norm", "Batch normalization between a hidden layer and its activation."));
        spec.addOption(value("--dropout", "P", "Probability that an output of a hidden layer is dropped in training."
                + " Default: 0"));
        spec.addOption(value("--epochs", "N", "Passes over the training rows. Default: 10 (digits: 50)"));
        spec.addOption(value("--batch-size", "N", "Rows to a step. Default: 256 (digits: 16)"));
        spec.addOption(value("--optimizer", "NAME", OptimizerOptions.Kind.names() + ". Default: sgd"));
        spec.addOption(value("--lr", "X", "Learning rate.",
                "Default: 0.1 (regression: 0.03)",
                "adam and adamw: 0.001, rmsprop and adagrad: 0.01"));
        spec.addOption(value("--schedule", "NAME[:KEY=N,...]", "What the learning rate does. Default: it stays",
                "step:size=N[,gamma=F]: times F (0.1) after every N epochs",
                "exponential:gamma=F: times F after every epoch",
                "cosine[:min=X,warmup=N]: rises for N epochs, then falls to X (0)",
                "onecycle[:max=X]: rises to X (that of --lr) and falls, once over all epochs"));
        spec.addOption(value("--momentum", "X", "Momentum of sgd or rmsprop. Default: 0"));
        spec.addOption(flag("--nesterov", "Take Nesterov's momentum (sgd)."));
        spec.addOption(value("--weight-decay", "X", "What is added to the gradient for each unit of a parameter.",
                "Default: 0 (adamw, which takes it off the parameter: 0.01)"));
        spec.addOption(value("--patience", "N", "Stop after N epochs in a row without a smaller loss on the validation"
                + " rows, and keep the model of the best epoch. Default: all epochs"));
        spec.addOption(value("--min-delta", "X", "By how much more than this a loss has to be smaller. Default: 0"));
        spec.addOption(value("--val", "FILE", "CSV file with the validation rows, with the columns of --data.",
                "Default: some of the rows to train on"));
        spec.addOption(value("--val-fraction", "F", "Their share of the rows to train on. Default: 0.1"));
        spec.addOption(value("--seed", "S", "Seed of everything random. Default: 0"));
        spec.addOption(
                value("--threads", "N", "Threads to train with, or auto: as many as the work of a step keeps busy"
                        + " and CPUs are available. The results are the same bits. Default: auto"));
        spec.addOption(value("--out", "MODEL", "File for the trained model (safetensors). Default: it is not saved"));
        spec.addOption(flag("--overwrite", "Replace the file of --out if it exists."));
    }

    private static void addDataOptions(CommandSpec spec, @Nullable String labelDefault) {
        spec.addOption(value("--data", "DATA", "The rows, as for train; required. Taken are",
                "digits: its test rows; idx:DIR: the t10k files", "FILE.csv, synthetic:ROWSxCOLS: all rows"));
        if (labelDefault != null) {
            spec.addOption(value("--label", "COLUMN", "Name of the label column of a CSV file.",
                    "Default: " + labelDefault));
        }
        spec.addOption(value("--seed", "S", "Seed of synthetic data. Default: 0"));
    }

    private static void addBenchOptions(CommandSpec spec) {
        List<String> workloads = new ArrayList<>();
        workloads.add("What to time, separated by commas. Default: all of");
        for (Workload workload : Workload.values()) {
            workloads.add(workload.id() + ": " + workload.description());
        }
        spec.addOption(value("--workload", "IDS", workloads.toArray(String[]::new)));
        spec.addOption(value("--threads", "NUMBERS", "Numbers of threads, separated by commas.",
                "Default: 1, and all processors"));
        spec.addOption(flag("--quick", "Take a second for each figure and not six; good for a first impression."));
        spec.addOption(flag("--no-baseline", "Do not time the scalar kernels."));
    }

    private static OptionSpec value(String name, String label, String... description) {
        return OptionSpec.builder(name).arity("1").paramLabel(label).hideParamSyntax(true).type(List.class)
                .auxiliaryTypes(String.class).description(description).build();
    }

    private static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name).arity("0").type(boolean.class).description(description).build();
    }
}
