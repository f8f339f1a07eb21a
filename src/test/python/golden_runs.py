# SPDX-License-Identifier: Apache-2.0
"""The trainings that golden.py makes: every layer, loss, optimizer and setting in some, in changing company."""
import dataclasses


@dataclasses.dataclass
class Run:
    """One training; parts are pairs of PyTorch's name and its settings."""
    name: str
    layers: list
    loss: tuple
    optimizer: tuple
    target: str  # numbers, labels, probabilities, bits or digits
    seed: int = 0
    rows: int = 41  # in batches of 8 the last has one row
    batch: int = 8
    epochs: int = 5
    scale: float = 1
    accumulate: int = 1
    zero_grad: bool = True
    schedule: list = dataclasses.field(default_factory=list)
    clip: list = dataclasses.field(default_factory=list)
    groups: list = dataclasses.field(default_factory=list)
    frozen: list = dataclasses.field(default_factory=list)

    def linear(self):
        return [settings for name, settings in self.layers if name == "Linear"]

    @property
    def inputs(self):
        return self.linear()[0]["in_features"]

    @property
    def outputs(self):
        return self.linear()[-1]["out_features"]


RUNS = []


def add(name, layers, loss, optimizer, target, **settings):
    RUNS.append(Run(name, layers, loss, optimizer, target, seed=100 + 10 * len(RUNS), **settings))


def part(name, **settings):
    return name, settings


def linear(inputs, outputs, **settings):
    return part("Linear", in_features=inputs, out_features=outputs, **settings)


def net(sizes, *between, last=()):
    """Linear layers of these sizes with copies of the parts `between` each two and the parts `last` behind."""
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        if layers:
            layers += [(name, dict(settings)) for name, settings in between]
        layers.append(linear(inputs, outputs))
    return layers + list(last)


def sgd(lr, **settings):
    return part("SGD", lr=lr, **settings)


def adam(lr=0.001, **settings):
    return part("Adam", lr=lr, **settings)


MSE, HALF, CE = part("MSELoss"), part("HalfSquaredLoss"), part("CrossEntropyLoss")
RELU, SIGMOID, TANH = part("ReLU"), part("Sigmoid"), part("Tanh")


def linear_models():
    for inputs, rate in ((1, 0.1), (3, 0.1), (7, 0.05), (16, 0.02), (17, 0.02), (33, 0.01)):
        add("mse_%d_1" % inputs, net([inputs, 1]), MSE, sgd(rate), "numbers")
    add("mse_no_bias", [linear(5, 1, bias=False)], MSE, sgd(0.1), "numbers")
    add("mse_sum", net([3, 1]), part("MSELoss", reduction="sum"), sgd(0.01), "numbers")
    add("mse_none", net([5, 3]), part("MSELoss", reduction="none"), sgd(0.1), "numbers")
    add("half_mean", net([3, 2]), HALF, sgd(0.2), "numbers")
    add("half_sum", net([3, 1]), part("HalfSquaredLoss", reduction="sum"), sgd(0.02), "numbers")
    add("mse_wide", net([5, 19]), MSE, sgd(0.5), "numbers", epochs=4)
    add("mse_full_batch", net([4, 1]), MSE, sgd(0.1), "numbers", batch=41, epochs=30)
    add("mse_rows_one_by_one", net([4, 1]), MSE, sgd(0.02), "numbers", batch=1, epochs=2)
    add("mse_maximize", net([5, 3]), MSE, sgd(0.01, momentum=0.5, weight_decay=0.01, maximize=True), "numbers",
        epochs=2)
    add("mse_without_zero_grad", net([3, 1]), MSE, sgd(0.003), "numbers", zero_grad=False, epochs=3)
    add("mse_micro_batches", net([5, 2]), MSE, sgd(0.05, momentum=0.9), "numbers", accumulate=3)
    add("mse_adam", net([7, 1]), MSE, adam(0.05), "numbers")
    add("mse_adam_decay", net([17, 2]), HALF, adam(0.05, weight_decay=0.1), "numbers")
    add("mse_wide_adam", net([4, 20]), part("MSELoss", reduction="sum"), adam(0.02, betas=(0.5, 0.9)), "numbers",
        epochs=3)


def softmax_models():
    for inputs, classes in ((2, 2), (7, 3), (16, 10), (17, 5), (8, 16), (9, 17), (5, 33)):
        add("softmax_%d_%d" % (inputs, classes), net([inputs, classes]), CE, sgd(0.3), "labels", epochs=4)
    add("softmax_no_bias", [linear(6, 4, bias=False)], CE, sgd(0.2), "labels")
    add("softmax_sum", net([7, 5]), part("CrossEntropyLoss", reduction="sum"), sgd(0.02), "labels")
    add("softmax_none", net([7, 5]), part("CrossEntropyLoss", reduction="none"), sgd(0.2), "labels")
    add("softmax_probabilities", net([6, 4]), CE, sgd(0.3), "probabilities")
    add("softmax_probabilities_sum", net([6, 17]), part("CrossEntropyLoss", reduction="sum"), sgd(0.02),
        "probabilities", epochs=4)
    add("softmax_large_features", net([6, 3]), CE, sgd(1e-5), "labels", scale=100)
    add("softmax_full_batch", net([5, 3]), CE, sgd(0.5, momentum=0.9), "labels", batch=41, epochs=30)
    add("softmax_micro_batches", net([7, 4]), CE, adam(0.02), "labels", accumulate=2)
    add("softmax_without_zero_grad", net([4, 3]), CE, sgd(0.01), "labels", zero_grad=False, epochs=3)
    for momentum in (0.5, 0.9):
        add("softmax_momentum_%g" % momentum, net([7, 3]), CE, sgd(0.1, momentum=momentum), "labels")
    add("softmax_nesterov", net([7, 3]), CE, sgd(0.1, momentum=0.9, nesterov=True), "labels")
    add("softmax_dampening", net([7, 3]), CE, sgd(0.2, momentum=0.9, dampening=0.5), "labels")
    add("softmax_decay", net([7, 3]), CE, sgd(0.2, weight_decay=0.1), "labels")
    add("softmax_nesterov_decay_wide", net([7, 18]), CE, sgd(0.1, momentum=0.8, nesterov=True, weight_decay=0.05),
        "labels", epochs=4)
    add("digits", net([64, 10]), CE, sgd(0.002, momentum=0.9), "digits", rows=50, batch=16, epochs=8)
    add("softmax_adam", net([16, 3]), CE, adam(0.01), "labels")
    add("softmax_adam_eps", net([7, 3]), CE, adam(0.01, eps=0.01), "labels")
    add("softmax_adam_betas", net([7, 3]), CE, adam(0.02, betas=(0.7, 0.9)), "labels")


def mlps():
    plain = {"sgd": sgd(0.2), "momentum": sgd(0.05, momentum=0.9),
             "nesterov_decay": sgd(0.03, momentum=0.9, nesterov=True, weight_decay=0.02),
             "adam": adam(0.01), "adam_decay": adam(0.02, weight_decay=0.05, betas=(0.8, 0.95), eps=1e-4)}
    for layer in (RELU, SIGMOID, TANH):
        for name, optimizer in plain.items():
            add("%s_%s" % (layer[0].lower(), name), net([7, 12, 4], layer), CE, optimizer, "labels")
    for layer, hidden in ((RELU, 16), (SIGMOID, 17), (TANH, 33)):
        add("%s_mse_%d" % (layer[0].lower(), hidden), net([3, hidden, 2], layer), MSE, sgd(0.1, momentum=0.5), "numbers")
    add("relu_7_17_9_3", net([7, 17, 9, 3], RELU), CE, sgd(0.2), "labels")
    add("tanh_6_20_18_4", net([6, 20, 18, 4], TANH), CE, sgd(0.1, momentum=0.9), "labels", epochs=4)
    add("sigmoid_1_33_1", net([1, 33, 1], SIGMOID), MSE, adam(0.02), "numbers", epochs=4)
    add("relu_tanh_sigmoid", [linear(5, 8), RELU, linear(8, 7), TANH, linear(7, 9), SIGMOID, linear(9, 3)], CE,
        sgd(0.5, momentum=0.5), "labels")
    add("linear_on_linear", net([5, 17, 3]), MSE, sgd(0.05), "numbers")
    add("ends_in_sigmoid", net([5, 6, 2], TANH, last=[SIGMOID]), HALF, sgd(0.5), "bits")
    add("ends_in_tanh", net([5, 3], last=[TANH]), MSE, sgd(0.2), "numbers")
    add("ends_in_relu", net([5, 4, 2], SIGMOID, last=[RELU]), part("MSELoss", reduction="sum"), sgd(0.02), "bits")
    add("relu_sum", net([6, 10, 3], RELU), part("CrossEntropyLoss", reduction="sum"), sgd(0.02), "labels")
    add("tanh_half_sum", net([4, 9, 2], TANH), part("HalfSquaredLoss", reduction="sum"), sgd(0.01, momentum=0.9),
        "numbers")
    add("relu_probabilities", net([6, 11, 5], RELU), CE, adam(0.02), "probabilities")
    add("tanh_no_bias", [linear(5, 8, bias=False), TANH, linear(8, 3, bias=False)], CE, sgd(0.3), "labels")
    add("relu_micro_batches", net([5, 17, 3], RELU), CE, sgd(0.1, momentum=0.9), "labels", accumulate=2)
    add("tanh_maximize", net([4, 6, 2], TANH), MSE, sgd(0.002, maximize=True), "numbers", epochs=3)
    add("relu_one_by_one", net([5, 7, 3], RELU), CE, sgd(0.02), "labels", batch=1, epochs=1)
    add("relu_full_batch", net([5, 16, 3], RELU), CE, adam(0.02), "labels", batch=41, epochs=25)


linear_models()
softmax_models()
mlps()
