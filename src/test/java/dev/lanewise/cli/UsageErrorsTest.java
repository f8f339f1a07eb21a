// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Wrong command lines: each exits 2 with exactly one line, before anything is read or written.
class UsageErrorsTest {
    private static final String USAGE = "usage: lanewise train|evaluate|predict|inspect|bench [OPTIONS]; see lanewise --help";
    private static final String TRAIN_HELP = "; see lanewise train --help";
    private static final String COUNT = "expected 1 to 2147483647 in decimal digits";
    private static final String RATE = "expected a decimal number above 0 and at most 3.4028235e38";
    private static final String SEED = "expected -9223372036854775808 to 9223372036854775807 in decimal digits";
    private static final String FRACTION = "expected a decimal number above 0 and below 1";
    private static final String SIZE = "expected synthetic:ROWSxCOLS with whole numbers from 1 to 2147483647";

    static Stream<Arguments> benchmarks() {
        String workloads = "expected some of W1,W2,W2S,W2B,W3,W3b,W3dm,W4,W5,W6,W8a,W8c,P1,P2,P3,P4, separated by commas";
        String threads = "expected 1 to 1024 in decimal digits, several separated by commas";
        return Stream.of(arguments("bench --workload w2", "--workload: no such workload (got 'w2'), " + workloads),
                arguments("bench --workload W2,", "--workload: no such workload (got ''), " + workloads),
                arguments("bench --workload W2,W3,W2", "--workload: W2 is named twice, expected once"),
                arguments("bench --threads 0", "--threads: not a number of threads (got '0'), " + threads),
                arguments("bench --threads 1,1025", "--threads: not a number of threads (got '1025'), " + threads),
                arguments("bench --threads 1,+2", "--threads: not a number of threads (got '+2'), " + threads),
                arguments("bench --threads 4,1,4", "--threads: 4 is named twice, expected once"),
                arguments("bench --quick=yes",
                        "--quick: this option takes no value (got 'yes'), expected --quick alone"),
                arguments("bench --data digits", "unknown option '--data'; see lanewise bench --help"),
                arguments("bench W2", "unexpected argument 'W2'; see lanewise bench --help"));
    }

    @ParameterizedTest
    @MethodSource({"benchmarks", "commands", "syntax", "learningRates", "counts", "seeds", "fractions", "choices",
            "sizes",
            "conflicts", "networks", "stopping"})
    void isRefusedWithOneLine(String commandLine, String message) {
        CliRun run = CliRun.of(split(commandLine));
        assertEquals("lanewise: error: " + message + "\n", run.err());
        assertEquals(2, run.code());
        assertEquals("", run.out());
    }

    private static String threads(String value) {
        return "--threads: not a number of threads (got '" + value
                + "'), expected auto, or 1 to 1024 in decimal digits";
    }

    /// Words at blanks; an underscore stands for a blank inside a word, `~` for an empty word.
    private static String[] split(String commandLine) {
        String[] words = commandLine.isEmpty() ? new String[0] : commandLine.split(" ", -1);
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].equals("~") ? "" : words[i].replace('_', ' ');
        }
        return words;
    }

    static Stream<Arguments> commands() {
        return Stream.of(arguments("", "no command given; " + USAGE),
                arguments("trian", "unknown command 'trian' (did you mean train?); " + USAGE),
                arguments("trian --lr 0.1", "unknown command 'trian' (did you mean train?); " + USAGE),
                arguments("Train", "unknown command 'Train' (did you mean train?); " + USAGE),
                arguments("evalute x", "unknown command 'evalute' (did you mean evaluate?); " + USAGE),
                arguments("help", "unknown command 'help' (did you mean --help?); " + USAGE),
                arguments("--hlep", "unknown option '--hlep' (did you mean --help?); " + USAGE),
                arguments("resume", "unknown command 'resume'; " + USAGE),
                arguments("~", "unknown command ''; " + USAGE),
                arguments("--seed 1 train", "unknown option '--seed'; " + USAGE),
                arguments("\u001b[31mred\nline", "unknown command '\\u001b[31mred\\u000aline'; " + USAGE));
    }

    static Stream<Arguments> syntax() {
        return Stream.of(
                arguments("train --lrr 0.1", "unknown option '--lrr' (did you mean --lr?)" + TRAIN_HELP),
                arguments("train --epoch=3", "unknown option '--epoch' (did you mean --epochs?)" + TRAIN_HELP),
                arguments("train --resume x", "unknown option '--resume'" + TRAIN_HELP),
                arguments("train --threads 0", threads("0")),
                arguments("train --threads -1", threads("-1")),
                arguments("train --threads 1025", threads("1025")),
                arguments("train --threads 100000", threads("100000")),
                arguments("train --threads many", threads("many")),
                arguments("train --xyzzy", "unknown option '--xyzzy'" + TRAIN_HELP),
                arguments("train --EPOCHS 3", "unknown option '--EPOCHS' (did you mean --epochs?)" + TRAIN_HELP),
                arguments("train digits", "unexpected argument 'digits'" + TRAIN_HELP),
                arguments("train @options", "unexpected argument '@options'" + TRAIN_HELP),
                arguments("train -", "unexpected argument '-'" + TRAIN_HELP),
                arguments("train --lr 0.1 --lr 0.2", "--lr: given twice (got '0.1' and '0.2'), expected once"),
                arguments("train --lr 0.1 --lr=0.1", "--lr: given twice (got '0.1' and '0.1'), expected once"),
                arguments("train --json --json", "--json: given twice, expected once"),
                arguments("train --json=yes",
                        "--json: this option takes no value (got 'yes'), expected --json alone"),
                arguments("train --lr", "--lr: the value is missing, expected --lr X"),
                arguments("train --data", "--data: the value is missing, expected --data DATA"),
                arguments("train --lr --epochs 3", "--lr: the value is missing, expected --lr X"),
                arguments("evaluate", "the model file is missing, expected lanewise evaluate MODEL --data DATA"),
                arguments("predict --data digits",
                        "the model file is missing, expected lanewise predict MODEL --data DATA"),
                arguments("inspect", "the model file is missing, expected lanewise inspect MODEL"),
                arguments("inspect m --data digits", "unknown option '--data'; see lanewise inspect --help"),
                arguments("evaluate m",
                        "--data: missing, expected digits, FILE.csv, idx:DIR or synthetic:ROWSxCOLS"),
                arguments("predict a b --data digits", "unexpected argument 'b'; see lanewise predict --help"),
                arguments("predict ~ --data digits", "MODEL: the path is empty, expected the name of a file"),
                arguments("train --data ~", "--data: the path is empty, expected the name of a file"),
                arguments("train --data a\0b --label y",
                        "--data: not a path (got 'a\\u0000b'), expected the name of a file"),
                arguments("train --out a\0b", "--out: not a path (got 'a\\u0000b'), expected the name of a file"));
    }

    private static Stream<Arguments> table(String option, String wrong, String expected, String... values) {
        return Stream.of(values).map(v -> arguments("train " + option + " " + v,
                option + ": " + wrong + " (got '" + (v.equals("~") ? "" : v.replace('_', ' ')) + "'), " + expected));
    }

    static Stream<Arguments> learningRates() {
        return table("--lr", "not a learning rate", RATE, "0", "-1", "NaN", "Infinity", "1e400", "1e39", "1e-50", "1d",
                "1f", "0x1p-3", "_0.1_", "0,1", "1_000", ".", "1e", "e1", "--1", "+-1", "٠.١", "~", "1e+", "1.2.3");
    }

    static Stream<Arguments> counts() {
        String[] values = {"0", "-1", "2147483648", "1.5", "1e3", "٣", "１２", "+1", "99999999999999999999999", "_1", "~",
                "0x10"};
        return Stream.concat(table("--epochs", "not a whole number in range", COUNT, values),
                table("--batch-size", "not a whole number in range", COUNT, values));
    }

    static Stream<Arguments> seeds() {
        return table("--seed", "not a whole number in range", SEED, "abc", "18446744073709551616",
                "9223372036854775808", "-9223372036854775809", "1.0", "٣", "-", "~", "0x1", "--1");
    }

    static Stream<Arguments> fractions() {
        return Stream.of("0", "1", "1.5", "-0.1", "NaN", "20%", "0,2", "1e-400", "~").map(
                v -> arguments("train --data synthetic:10x2 --test-fraction " + v,
                        "--test-fraction: not a fraction (got '"
                                + (v.equals("~") ? "" : v) + "'), " + FRACTION));
    }

    static Stream<Arguments> choices() {
        return Stream.of(
                arguments("train --task softmax",
                        "--task: no such choice (got 'softmax'), expected auto, regression or classification"),
                arguments("train --task AUTO",
                        "--task: no such choice (got 'AUTO'), expected auto, regression or classification"),
                arguments("train --scale minmax", "--scale: no such choice (got 'minmax'), expected standard or none"));
    }

    static Stream<Arguments> sizes() {
        return Stream.of("synthetic:", "synthetic:10", "synthetic:0x2", "synthetic:10x0", "synthetic:10x2x3",
                "synthetic:-1x2", "synthetic:2147483648x1", "synthetic:1x99999999999", "synthetic:10X2",
                "synthetic:٣x2")
                .map(v -> arguments("train --data " + v,
                        "--data: not a size of synthetic data (got '" + v + "'), " + SIZE));
    }

    static Stream<Arguments> networks() {
        String sizes = "expected 1 to 2147483632 in decimal digits, several separated by commas";
        String notNegative = "expected a decimal number of at least 0 and at most 3.4028235e38";
        String alone = "there is no hidden layer that it could follow; add --hidden";
        Stream<Arguments> hidden = Stream.of("0", "-1", "2147483633", "1e3", "256;128", "٣", "_8")
                .map(v -> arguments("train --hidden " + v, "--hidden: not a size of a layer (got '"
                        + v.replace('_', ' ') + "'), " + sizes));
        String belowOne = "expected a decimal number of at least 0 and below 1";
        Stream<Arguments> dropout = Stream.of("-0.1", "1", "1.5", "NaN", "50%", "~", "0x1")
                .map(v -> arguments("train --hidden 8 --dropout " + v,
                        "--dropout: not a probability of dropping (got '" + (v.equals("~") ? "" : v) + "'), "
                                + belowOne));
        Stream<Arguments> momentum = Stream.of("-1", "1", "1.0", "1e39", "NaN", "Infinity", "~")
                .map(v -> arguments("train --momentum " + v,
                        "--momentum: not a momentum (got '" + (v.equals("~") ? "" : v) + "'), " + belowOne));
        Stream<Arguments> optimizer = Stream.of("-0.1", "1e39", "NaN", "Infinity", "~").flatMap(v -> Stream.of(
                arguments("train --weight-decay " + v, "--weight-decay: not a weight decay (got '"
                        + (v.equals("~") ? "" : v) + "'), " + notNegative)));
        return Stream.of(hidden, dropout, momentum, optimizer, Stream.of(
                arguments("train --hidden 256,", "--hidden: not a size of a layer (got ''), " + sizes),
                arguments("train --hidden ,", "--hidden: not a size of a layer (got ''), " + sizes),
                arguments("train --hidden 2147483632,2147483632", "--hidden: a layer of 2147483632 outputs behind"
                        + " 2147483632 takes the network beyond the weights that any memory holds, expected smaller"
                        + " layers"),
                arguments("train --hidden ~", "--hidden: not a size of a layer (got ''), " + sizes),
                arguments("train --hidden 8 --hidden 9", "--hidden: given twice (got '8' and '9'), expected once"),
                arguments("train --activation relu", "--activation: " + alone),
                arguments("train --dropout 0", "--dropout: " + alone),
                arguments("train --batch-norm", "--batch-norm: " + alone),
                arguments("train --hidden 8 --activation Relu",
                        "--activation: no such choice (got 'Relu'), expected relu, sigmoid, tanh, gelu, silu, elu, selu, "
                                + "leaky_relu, softplus or mish"),
                arguments("train --optimizer lbfgs",
                        "--optimizer: no such choice (got 'lbfgs'), expected sgd, adam, adamw, "
                                + "rmsprop or adagrad"),
                arguments("train --optimizer adam --momentum 0.9",
                        "--momentum: only sgd and rmsprop have a momentum; leave --momentum out"),
                arguments("train --optimizer adam --nesterov",
                        "--nesterov: only sgd has Nesterov's momentum; leave --nesterov out"),
                arguments("train --nesterov", "--nesterov: there is no momentum; add --momentum X above 0"),
                arguments("train --nesterov --momentum 0",
                        "--nesterov: there is no momentum; add --momentum X above 0"),
                arguments("evaluate m --data digits --hidden 8",
                        "unknown option '--hidden'; see lanewise evaluate --help")))
                .flatMap(s -> s);
    }

    static Stream<Arguments> stopping() {
        String alone = "nothing goes by it; add --patience N";
        return Stream.of(
                arguments("train --patience 0", "--patience: not a whole number in range (got '0'), " + COUNT),
                arguments("train --min-delta 0.1", "--min-delta: " + alone),
                arguments("train --val-fraction 0.1", "--val-fraction: " + alone),
                arguments("train --val v.csv", "--val: " + alone),
                arguments("train --patience 3 --min-delta -1", "--min-delta: not a difference of losses (got '-1'),"
                        + " expected a decimal number of at least 0 and at most 3.4028235e38"),
                arguments("train --patience 3 --val-fraction 1",
                        "--val-fraction: not a fraction (got '1'), " + FRACTION),
                arguments("train --patience 3 --val v.csv",
                        "--val: only a CSV file can be validated on another; leave --val out"),
                arguments("train --data x.csv --label y --patience 3 --val v.csv --val-fraction 0.1",
                        "--val-fraction: given together with --val, expected one of them"),
                arguments("train --data synthetic:9x2 --patience 3 --val-fraction 0.01",
                        "--val-fraction: 0.01 of the 7 rows to train on leaves none to validate on, expected at least"
                                + " one of each"),
                arguments("train --data synthetic:9x2 --patience 3 --val-fraction 0.99",
                        "--val-fraction: 0.99 of the 7 rows to train on leaves none to train on, expected at least one"
                                + " of each"));
    }

    static Stream<Arguments> conflicts() {
        return Stream.of(
                arguments("train --data x.csv",
                        "--label: missing, expected the name of the label column of x.csv"),
                arguments("train --data a,b", "--label: missing, expected the name of the label column of a,b"),
                arguments("train --data x.csv --label y --test t.csv --test-fraction 0.1",
                        "--test-fraction: given together with --test, expected one of them"),
                arguments("train --label y", "--label: digits data has no columns to name; leave --label out"),
                arguments("train --data digits --test t.csv",
                        "--test: digits data has a test set of its own; leave --test out"),
                arguments("train --test-fraction 0.1",
                        "--test-fraction: digits data has a test set of its own; leave --test-fraction out"),
                arguments("train --data idx:x --label y",
                        "--label: idx data has no columns to name; leave --label out"),
                arguments("train --data idx:x --test t.csv",
                        "--test: idx data has a test set of its own; leave --test out"),
                arguments("train --data idx:", "--data: the path is empty, expected the name of a file"),
                arguments("train --data synthetic:9x2 --label y",
                        "--label: synthetic data has no columns to name; leave --label out"),
                arguments("train --data synthetic:9x2 --test t.csv",
                        "--test: synthetic data is tested on rows of its own; leave --test out"),
                arguments("train --task regression",
                        "--task: this data has class labels (got 'regression'), expected auto or classification"),
                arguments("train --data synthetic:9x2 --task classification",
                        "--task: synthetic data is a regression (got 'classification'), expected auto or regression"),
                arguments("train --data synthetic:9x2 --test-fraction 0.01",
                        "--test-fraction: of 9 rows it leaves none to test on (got '0.01'), "
                                + "expected a fraction that leaves at least one of each"),
                arguments("train --data synthetic:9x2 --test-fraction 0.00001",
                        "--test-fraction: of 9 rows it leaves none to test on (got '0.00001'), "
                                + "expected a fraction that leaves at least one of each"),
                arguments("train --data synthetic:9x2 --patience 1 --val-fraction 0.00001",
                        "--val-fraction: 0.00001 of the 7 rows to train on leaves none to validate on, expected at"
                                + " least one of each"),
                arguments("train --data synthetic:9x2 --test-fraction 0.99",
                        "--test-fraction: of 9 rows it leaves none to train on (got '0.99'), "
                                + "expected a fraction that leaves at least one of each"),
                arguments("evaluate m --data digits --label y",
                        "--label: only a CSV file has columns to name; leave --label out"),
                arguments("train --out -",
                        "--out: not the name of a file (got '-'), expected one, as what is written has"
                                + " to be renamed; a file called - is ./-"),
                arguments("predict m --data -", "--data: not the name of a file (got '-'), expected one; a CSV"
                        + " file may come from /dev/stdin, and a file called - is ./-"),
                arguments("inspect -", "MODEL: not the name of a file (got '-'), expected that of a model, which cannot"
                        + " be piped; a file called - is ./-"),
                arguments("predict m --data x.csv --seed 1",
                        "--seed: only synthetic data has a seed; leave --seed out"),
                arguments("evaluate m --data digits --out x", "unknown option '--out'; see lanewise evaluate --help"));
    }
}
