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
    target: str  # numbers, labels, probabilities, bits, signs, known or digits
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
    average: float = 0  # the decay of an exponential average of the weights
    targets: int = 0  # columns, if not as many as outputs
    weighted: bool = False  # rows have weights
    penalties: list = dataclasses.field(default_factory=list)
    ignored: int = 0  # rows without a label: the first ones of the second batch

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
        add("%s_mse_%d" % (layer[0].lower(), hidden), net([3, hidden, 2], layer), MSE, sgd(0.1, momentum=0.5),
            "numbers")
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


def other_activations():
    plain = (sgd(0.2), sgd(0.05, momentum=0.9), adam(0.01), sgd(0.1, momentum=0.5, weight_decay=0.02))
    sizes = ([7, 12, 4], [5, 17, 3], [6, 9, 18, 4], [3, 33, 2])
    layers = [part("LeakyReLU"), part("LeakyReLU", negative_slope=0.2), part("ELU"), part("ELU", alpha=0.5),
              part("SELU"), part("GELU"), part("GELU", approximate="tanh"), part("SiLU"), part("Softplus"),
              part("Softplus", beta=3.0, threshold=1.0), part("Mish"), part("LogSigmoid"), part("Hardtanh"),
              part("Hardtanh", min_val=-0.5, max_val=0.25), part("ReLU6")]
    for i, layer in enumerate(layers):
        name = layer[0].lower() + ("_with_settings" if layer[1] else "")
        add(name, net(sizes[i % 4], layer), CE, plain[i // 2 % 4], "labels", epochs=4)
    add("relu6_saturated", net([5, 8, 3], part("ReLU6")), CE, sgd(0.002), "labels", scale=20)
    add("log_softmax_nll", net([6, 8, 4], RELU, last=[part("LogSoftmax", dim=1)]), part("NLLLoss"), sgd(0.2), "labels")
    add("log_softmax_nll_weights", net([6, 17], last=[part("LogSoftmax", dim=1)]),
        part("NLLLoss", weight=[round(0.3 + i * 7 % 5 / 4, 2) for i in range(17)], ignore_index=3), sgd(0.2), "labels",
        rows=44, epochs=4)
    add("softmax_mse", net([6, 9, 4], TANH, last=[part("Softmax", dim=1)]), MSE, sgd(2.0), "probabilities")
    add("flatten", [part("Flatten")] + net([6, 7, 3], RELU), CE, sgd(0.2), "labels")


def norms():
    for hidden, optimizer in ((7, sgd(0.2)), (16, sgd(0.1, momentum=0.9)), (33, sgd(0.2, weight_decay=0.02))):
        add("batch_norm_%d" % hidden, net([6, hidden, 4], part("BatchNorm1d", num_features=hidden), RELU), CE,
            optimizer, "labels", rows=42, epochs=4)
        add("layer_norm_%d" % hidden, net([6, hidden, 4], part("LayerNorm", normalized_shape=hidden), TANH), CE,
            optimizer, "labels", epochs=4)
    add("batch_norm_settings", net([5, 9, 3], part("BatchNorm1d", num_features=9, eps=0.1, momentum=0.3), SIGMOID), CE,
        sgd(0.3), "labels", rows=42)
    add("batch_norm_cumulative", net([5, 9, 3], part("BatchNorm1d", num_features=9, momentum=None), TANH), CE,
        sgd(0.2), "labels", rows=42)
    # no bias in front of a batch normalisation here: its gradient is nothing but rounding
    add("batch_norm_plain", [linear(5, 9, bias=False), part("BatchNorm1d", num_features=9, affine=False), RELU,
                             linear(9, 3)], CE, sgd(0.2), "labels", rows=42)
    add("batch_norm_untracked", net([5, 9, 3], part("BatchNorm1d", num_features=9, track_running_stats=False), RELU),
        CE, sgd(0.2), "labels", rows=42)
    add("batch_norm_first", [part("BatchNorm1d", num_features=5)] + net([5, 17, 2], RELU), CE, sgd(0.1), "labels",
        rows=42, scale=30)
    norm = part("BatchNorm1d", num_features=8)
    add("batch_norm_adamw", [linear(5, 8, bias=False), norm, part("SiLU"), linear(8, 8, bias=False), norm, part("SiLU"),
                             linear(8, 3)], CE, part("AdamW", lr=0.01, weight_decay=0.1), "labels", rows=42, epochs=3)
    add("layer_norm_settings", net([5, 9, 3], part("LayerNorm", normalized_shape=9, eps=0.1)), CE, sgd(0.3), "labels")
    add("layer_norm_plain", net([5, 9, 3], part("LayerNorm", normalized_shape=9, elementwise_affine=False), RELU), CE,
        sgd(0.2), "labels")
    add("layer_norm_first", [part("LayerNorm", normalized_shape=7)] + net([7, 17, 2], part("GELU")), MSE, adam(0.02),
        "numbers")


def other_losses():
    element = {"L1Loss": {}, "SmoothL1Loss": {"beta": 0.4}, "HuberLoss": {"delta": 0.6}}
    for name, settings in element.items():
        add(name.lower(), net([5, 3]), part(name), sgd(0.1), "numbers")
        if settings:
            add(name.lower() + "_with_settings", net([5, 7, 2], TANH), part(name, **settings), sgd(0.1, momentum=0.5),
                "numbers")
        add(name.lower() + "_sum", net([4, 18]), part(name, reduction="sum", **settings), sgd(0.01), "numbers",
            epochs=3)
    for name, settings in (("ce_weights", {"weight": [0.5, 2.0, 1.0, 0.25]}), ("ce_ignore", {"ignore_index": 2}),
                           ("ce_smoothing", {"label_smoothing": 0.2}),
                           ("ce_all", {"weight": [0.5, 2.0, 1.0, 0.25], "ignore_index": 3, "label_smoothing": 0.1}),
                           ("ce_all_sum", {"weight": [0.5, 2.0, 1.0, 0.25], "ignore_index": 3, "label_smoothing": 0.1,
                                           "reduction": "sum"})):
        rate = 0.02 if "reduction" in settings else 0.2
        add(name, net([6, 9, 4], RELU), part("CrossEntropyLoss", **settings), sgd(rate), "labels", rows=44)
    add("ce_probabilities_all", net([6, 4]),
        part("CrossEntropyLoss", weight=[0.5, 2.0, 1.0, 0.25], label_smoothing=0.1), sgd(0.3), "probabilities")
    add("ce_smoothing_wide", net([6, 19]), part("CrossEntropyLoss", label_smoothing=0.3), sgd(0.3), "labels", epochs=4)
    add("bce_logits", net([6, 9, 3], RELU), part("BCEWithLogitsLoss"), sgd(0.3), "bits")
    add("bce_logits_one", net([5, 1]), part("BCEWithLogitsLoss", pos_weight=[3.0]), sgd(0.2), "bits")
    add("bce_logits_weights", net([6, 17]),
        part("BCEWithLogitsLoss", weight=[round(0.25 + i % 4 / 2, 2) for i in range(17)],
             pos_weight=[round(0.5 + i % 3, 2) for i in range(17)]), sgd(0.3), "bits", epochs=4)
    add("bce_logits_sum", net([6, 3]), part("BCEWithLogitsLoss", reduction="sum"), sgd(0.05), "probabilities")
    add("bce", net([6, 8, 2], TANH, last=[SIGMOID]), part("BCELoss"), sgd(0.3), "bits")
    add("bce_weights", net([6, 2], last=[SIGMOID]), part("BCELoss", weight=[0.5, 3.0], reduction="sum"), sgd(0.02),
        "bits")
    add("gaussian_nll_known", net([5, 3]), part("GaussianNLLLoss"), sgd(0.02), "known")
    add("gaussian_nll_learned", net([5, 8, 2], TANH, last=[part("Softplus")]), part("GaussianNLLLoss", full=True),
        sgd(0.05), "numbers", targets=1)
    add("gaussian_nll_eps", net([5, 2], last=[part("ReLU")]), part("GaussianNLLLoss", eps=0.5, reduction="sum"),
        sgd(0.002), "numbers", targets=1)
    add("multi_margin", net([6, 9, 4], RELU), part("MultiMarginLoss"), sgd(0.2), "labels")
    add("multi_margin_settings", net([6, 5]),
        part("MultiMarginLoss", p=2, margin=0.7, weight=[1.0, 2.0, 0.5, 1.5, 1.0]), sgd(0.1), "labels")
    add("l1loss_adam_decay", net([6, 9, 3], TANH), part("L1Loss"), adam(0.02, weight_decay=0.1), "numbers")


def other_optimizers():
    several = {"adamw": part("AdamW", lr=0.02), "adamw_settings":
               part("AdamW", lr=0.02, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.5),
               "adamw_amsgrad": part("AdamW", lr=0.05, amsgrad=True, betas=(0.5, 0.6)),
               "adam_amsgrad": adam(0.05, amsgrad=True, betas=(0.5, 0.6)),
               "adam_maximize": adam(0.001, maximize=True),
               "rmsprop": part("RMSprop", lr=0.005),
               "rmsprop_settings": part("RMSprop", lr=0.005, alpha=0.8, eps=1e-3, weight_decay=0.1),
               "rmsprop_centered": part("RMSprop", lr=0.002, centered=True, eps=1e-3),
               "rmsprop_momentum": part("RMSprop", lr=0.001, momentum=0.5, eps=1e-3),
               "rmsprop_all": part("RMSprop", lr=0.001, alpha=0.9, eps=1e-3, weight_decay=0.1, momentum=0.8,
                                   centered=True),
               "adagrad": part("Adagrad", lr=0.05),
               "adagrad_settings": part("Adagrad", lr=0.05, lr_decay=0.1, weight_decay=0.1,
                                        initial_accumulator_value=0.1, eps=1e-3)}
    for name, optimizer in several.items():
        add("softmax_" + name, net([7, 3]), CE, optimizer, "labels", epochs=4)
        add("tanh_" + name, net([4, 17, 2], TANH), MSE, optimizer, "numbers", epochs=3)
    biases = [{"parameters": ["0.bias", "2.bias"], "weight_decay": 0.0}]
    add("groups_decay", net([6, 9, 3], TANH), CE, sgd(0.1, momentum=0.9, weight_decay=0.1), "labels", groups=biases)
    add("groups_adamw", net([6, 18, 3], RELU), CE, part("AdamW", lr=0.01, weight_decay=0.3), "labels", groups=biases,
        epochs=4)
    add("groups_rates", net([6, 9, 3], TANH), CE, sgd(0.1), "labels",
        groups=[{"parameters": ["0.weight", "0.bias"], "lr": 0.01}, {"parameters": ["2.bias"], "lr": 0.5}],
        schedule=[part("StepLR", step_size=2, gamma=0.5)])
    add("frozen_first", net([6, 9, 3], TANH), CE, sgd(0.2, momentum=0.9), "labels", frozen=["0.weight", "0.bias"])
    add("frozen_last", net([6, 9, 3], TANH), CE, adam(0.02, weight_decay=0.1), "labels", frozen=["2.weight"])
    add("average", net([6, 9, 3], RELU), CE, sgd(0.2), "labels", average=0.8)
    for norm in (2.0, 1.0, float("inf"), 3.0):
        add("clip_norm_%g" % norm, net([6, 9, 3], RELU), CE, sgd(0.5, momentum=0.5), "labels",
            clip=[part("norm", max_norm=0.1, norm_type=norm)])
    add("clip_value", net([6, 18, 3], RELU), CE, sgd(0.5), "labels", clip=[part("value", clip_value=0.01)], epochs=4)
    add("clip_micro_batches", net([6, 9, 3], TANH), CE, adam(0.02, weight_decay=0.1), "labels", accumulate=3,
        clip=[part("norm", max_norm=0.2, norm_type=2.0)])


def schedules():
    momentum = sgd(0.2, momentum=0.9)
    several = {"step": [part("StepLR", step_size=2, gamma=0.3)],
               "multi_step": [part("MultiStepLR", milestones=[3, 4, 9, 20], gamma=0.5, per="step")],
               "exponential": [part("ExponentialLR", gamma=0.7)],
               "cosine": [part("CosineAnnealingLR", T_max=30, eta_min=0.01, per="step")],
               "cosine_epochs": [part("CosineAnnealingLR", T_max=5)],
               "warm_restarts": [part("CosineAnnealingWarmRestarts", T_0=4, T_mult=2, eta_min=0.01, per="step")],
               "linear": [part("LinearLR", start_factor=0.1, end_factor=0.8, total_iters=12, per="step")],
               "linear_default": [part("LinearLR")],
               "constant": [part("ConstantLR", factor=0.25, total_iters=7, per="step")],
               "polynomial": [part("PolynomialLR", total_iters=20, power=2.0, per="step")],
               "polynomial_linear": [part("PolynomialLR", total_iters=6)],
               "sequential": [part("SequentialLR", milestones=[5, 15], per="step"),
                              part("LinearLR", start_factor=0.2, total_iters=5),
                              part("ConstantLR", factor=0.5, total_iters=100),
                              part("CosineAnnealingLR", T_max=20)],
               "one_cycle": [part("OneCycleLR", max_lr=0.3, total_steps=30, per="step")],
               "one_cycle_settings": [part("OneCycleLR", max_lr=0.2, total_steps=30, pct_start=0.4,
                                           anneal_strategy="linear", base_momentum=0.5, max_momentum=0.8,
                                           div_factor=5.0, final_div_factor=10.0, three_phase=True, per="step")],
               "plateau": [part("ReduceLROnPlateau", factor=0.5, patience=0, threshold=0.5)],
               "plateau_settings": [part("ReduceLROnPlateau", factor=0.3, patience=1, threshold=3.0,
                                         threshold_mode="abs", cooldown=1, min_lr=0.03)]}
    for name, schedule in several.items():
        add("schedule_" + name, net([6, 9, 3], TANH), CE, momentum, "labels", schedule=schedule, rows=40,
            epochs=9 if name.startswith("plateau") else 6)
    add("schedule_one_cycle_adam", net([6, 9, 3], RELU), CE, adam(0.01), "labels", rows=40, epochs=6,
        schedule=[part("OneCycleLR", max_lr=0.02, total_steps=30, per="step")])
    add("schedule_cosine_adamw", net([6, 18, 3], part("GELU")), CE, part("AdamW", lr=0.02, weight_decay=0.1), "labels",
        schedule=[part("CosineAnnealingLR", T_max=24, per="step")], epochs=4)
    add("schedule_exponential_rmsprop", net([6, 3]), CE, part("RMSprop", lr=0.01, momentum=0.5, eps=1e-3), "labels",
        schedule=[part("ExponentialLR", gamma=0.9, per="step")])
    add("schedule_step_adagrad", net([6, 9, 2], part("ELU")), part("SmoothL1Loss"), part("Adagrad", lr=0.1), "numbers",
        schedule=[part("StepLR", step_size=4, gamma=0.6, per="step")])


def weighted_rows():
    weights = [0.5, 2.0, 1.0, 0.25]
    add("weighted_mse", net([5, 3]), MSE, sgd(0.1, momentum=0.5), "numbers", weighted=True)
    add("weighted_huber_sum", net([5, 7, 2], TANH), part("HuberLoss", reduction="sum", delta=0.6), sgd(0.02), "numbers",
        weighted=True)
    add("weighted_ce", net([6, 9, 4], RELU), CE, adam(0.02), "labels", weighted=True)
    add("weighted_ce_all", net([6, 17, 4], RELU), part("CrossEntropyLoss", weight=weights, label_smoothing=0.1),
        sgd(0.2), "labels", weighted=True, ignored=3, epochs=4)
    add("weighted_ce_probabilities", net([6, 4]), part("CrossEntropyLoss", weight=weights), sgd(0.3), "probabilities",
        weighted=True)
    add("weighted_bce_logits", net([6, 3]), part("BCEWithLogitsLoss", pos_weight=[3.0, 0.5, 2.0]), sgd(0.3), "bits",
        weighted=True)
    add("weighted_nll_sum", net([6, 4], last=[part("LogSoftmax", dim=1)]),
        part("NLLLoss", weight=weights, reduction="sum"), sgd(0.02), "labels", weighted=True, ignored=5)


def penalized():
    both = [{"parameters": ["0.weight", "2.weight"], "l1": 0.02, "l2": 0.05}]
    add("penalty_l1", net([5, 3]), MSE, sgd(0.1), "numbers",
        penalties=[{"parameters": ["0.weight"], "l1": 0.1, "l2": 0}])
    add("penalty_l2_sum", net([5, 3]), part("MSELoss", reduction="sum"), sgd(0.01, momentum=0.5), "numbers",
        penalties=[{"parameters": ["0.weight", "0.bias"], "l1": 0, "l2": 0.5}])
    add("penalty_both", net([6, 9, 4], TANH), CE, sgd(0.2), "labels", penalties=both)
    add("penalty_micro_batches", net([6, 18, 4], RELU), CE, adam(0.01), "labels", penalties=both, accumulate=2,
        epochs=4)
    add("penalty_weighted_decay", net([6, 9, 4], TANH), CE, part("AdamW", lr=0.02, weight_decay=0.1), "labels",
        penalties=[{"parameters": ["2.bias"], "l1": 0.1, "l2": 0.2}], weighted=True)


def hinges():
    add("hinge", net([6, 1]), part("HingeLoss"), sgd(0.1), "signs")
    add("hinge_settings", net([6, 9, 3], TANH), part("HingeLoss", margin=0.4, reduction="sum"), sgd(0.02, momentum=0.5),
        "signs")
    add("hinge_embedding", net([6, 9, 2], TANH), part("HingeEmbeddingLoss"), sgd(0.1), "signs")
    add("hinge_embedding_settings", net([6, 17]), part("HingeEmbeddingLoss", margin=0.3, reduction="sum"), sgd(0.005),
        "signs", weighted=True, epochs=3)


def ignored_rows():
    several = {"ce": CE, "ce_smoothing": part("CrossEntropyLoss", label_smoothing=0.2),
               "ce_weights": part("CrossEntropyLoss", weight=[0.5, 2.0, 1.0, 0.25]),
               "ce_sum": part("CrossEntropyLoss", reduction="sum")}
    for name, loss in several.items():  # some rows of a batch, and all of one: its loss is NaN, its gradient 0
        rate = 0.02 if name == "ce_sum" else 0.2
        add("ignored_some_" + name, net([6, 9, 4], RELU), loss, sgd(rate), "labels", ignored=5, epochs=3)
        add("ignored_all_" + name, net([6, 4]), loss, sgd(rate, momentum=0.5, weight_decay=0.05), "labels", ignored=8,
            epochs=3)
    # the mean of single losses counts ignored rows and forgets weights of classes
    add("ignored_some_none", net([6, 9, 4], RELU), part("CrossEntropyLoss", reduction="none"), sgd(0.2), "labels",
        ignored=5, epochs=3)
    add("ignored_all_none_weights", net([6, 4], last=[part("LogSoftmax", dim=1)]),
        part("NLLLoss", reduction="none", weight=[0.5, 2.0, 1.0, 0.25]), sgd(0.2), "labels", ignored=8, weighted=True,
        epochs=3)
    add("ignored_all_adam", net([6, 4]), CE, adam(0.02), "labels", ignored=8, epochs=3)


def nested():
    part_of = [part("Sequential", modules=4), linear(6, 9), RELU, part("LayerNorm", normalized_shape=9),
               part("Identity")]
    add("nested", part_of + [linear(9, 4)], CE, sgd(0.2), "labels", epochs=4)
    add("nested_named", [linear(6, 9, bias=False), part("Sequential", modules=2, names=["norm", "rest"]),
                         part("BatchNorm1d", num_features=9), part("Sequential", modules=2, names=["activation", "1"]),
                         part("SiLU"), linear(9, 4)], CE, adam(0.02), "labels", rows=42, epochs=4,
        groups=[{"parameters": ["1.rest.1.bias"], "lr": 0.1}], frozen=["1.norm.bias"])


def dropped():
    add("dropout", net([6, 18, 4], RELU, part("Dropout", p=0.4, seed=5)), CE, sgd(0.2), "labels", epochs=4)
    add("dropout_inputs", [part("Dropout", p=0.2, seed=-1)] + net([6, 9, 2], TANH), MSE, adam(0.02), "numbers")
    add("dropout_none", net([6, 9, 3], part("Dropout", p=0.0, seed=1), RELU), CE, sgd(0.2), "labels", epochs=3)
    add("dropout_all", net([6, 9, 3], part("Dropout", p=1.0, seed=1)), CE, sgd(0.2, momentum=0.5), "labels", epochs=3)
    add("dropout_nested", [part("Sequential", modules=3), linear(6, 17), part("Dropout", p=0.5, seed=9), part("ELU"),
                           linear(17, 4)], CE, sgd(0.2), "labels", epochs=3)


def in_company():
    add("schedule_lambda", net([6, 9, 3], TANH), CE, sgd(0.3, momentum=0.5), "labels",
        schedule=[part("LambdaLR", decay=0.1, per="step")])
    add("schedule_lambda_sequential", net([6, 9, 3], TANH), CE, sgd(0.3), "labels",
        schedule=[part("SequentialLR", milestones=[7], per="step"), part("ConstantLR", factor=0.5, total_iters=3),
                  part("LambdaLR", decay=0.3)])
    bias = [{"parameters": ["0.bias", "2.bias"], "weight_decay": 0.0, "lr": 0.03}]
    for norm in (0.5, 1.5):
        add("clip_norm_%g" % norm, net([4, 3]), MSE, sgd(0.2), "numbers", epochs=3,
            clip=[part("norm", max_norm=0.3 / norm ** 4, norm_type=norm)])
    add("everything_adamw", net([6, 9, 3], RELU), part("CrossEntropyLoss", label_smoothing=0.1),
        part("AdamW", lr=0.02, betas=(0.6, 0.7), weight_decay=0.3, amsgrad=True), "labels", groups=bias, accumulate=2,
        clip=[part("norm", max_norm=0.3, norm_type=2.0)], average=0.7, ignored=3,
        schedule=[part("CosineAnnealingLR", T_max=20, per="step")])
    add("everything_rmsprop", net([6, 9, 3], TANH), MSE,
        part("RMSprop", lr=0.005, alpha=0.8, eps=1e-2, momentum=0.5, centered=True), "numbers", groups=bias,
        weighted=True, average=0.9, clip=[part("value", clip_value=0.05)],
        penalties=[{"parameters": ["0.weight"], "l1": 0.01, "l2": 0.02}], schedule=[part("ExponentialLR", gamma=0.8)])
    add("average_batch_norm", [linear(6, 9, bias=False), part("BatchNorm1d", num_features=9), RELU, linear(9, 3)], CE,
        adam(0.02), "labels", rows=42, epochs=4, average=0.9)
    two = [{"parameters": ["2.weight", "2.bias"], "lr": 0.3}]
    add("schedule_lambda_groups", net([6, 9, 3], TANH), CE, sgd(0.2), "labels", groups=two, epochs=3,
        schedule=[part("SequentialLR", milestones=[4], per="step"), part("LambdaLR", decay=(0.1, 1.0)),
                  part("LambdaLR", decay=(0.5, 0.2))])
    add("schedule_plateau_groups", net([6, 9, 3], TANH), CE, sgd(0.2), "labels", groups=two, epochs=6,
        schedule=[part("ReduceLROnPlateau", factor=0.3, patience=0, threshold=0.7, min_lr=(0.1, 0.05))])


def crossed():
    """What stands mostly beside cross-entropy, SGD and no schedule above, in other company."""
    log = [part("LogSoftmax", dim=1)]
    losses = [("SmoothL1Loss", "numbers", []), ("HuberLoss", "numbers", []), ("L1Loss", "numbers", []),
              ("BCEWithLogitsLoss", "bits", []), ("BCELoss", "bits", [SIGMOID]), ("NLLLoss", "labels", log),
              ("MultiMarginLoss", "labels", []), ("GaussianNLLLoss", "known", []), ("HingeEmbeddingLoss", "signs", []),
              ("HingeLoss", "signs", []), ("CrossEntropyLoss", "probabilities", []), ("MSELoss", "numbers", [])]
    layers = ["Mish", "SELU", "LogSigmoid", "SiLU", "LeakyReLU", "ELU", "ReLU6", "Hardtanh", "GELU", "Softplus"]
    optimizers = [adam(0.02, eps=1e-2), part("AdamW", lr=0.02, eps=1e-2), part("RMSprop", lr=0.01, eps=1e-2),
                  part("Adagrad", lr=0.05), sgd(0.05, momentum=0.9, nesterov=True)]
    schedules = [part("MultiStepLR", milestones=[4, 7]), part("CosineAnnealingWarmRestarts", T_0=3),
                 part("PolynomialLR", total_iters=9), part("LambdaLR", decay=0.2), part("StepLR", step_size=3),
                 part("ConstantLR", total_iters=4), part("CosineAnnealingLR", T_max=8), part("LinearLR", total_iters=6),
                 part("ExponentialLR", gamma=0.8)]
    for i in range(24):
        loss, target, last = losses[i % 12]
        schedule = schedules[i % 9]
        add("crossed_%d_%s" % (i, loss.lower()), net([5, 8 + i, 3], part(layers[i % 10]), last=last), part(loss),
            optimizers[i % 5], target, rows=25, epochs=3, schedule=[(schedule[0], dict(schedule[1], per="step"))])


linear_models()
softmax_models()
mlps()
other_activations()
norms()
other_losses()
other_optimizers()
schedules()
weighted_rows()
penalized()
hinges()
ignored_rows()
nested()
dropped()
in_company()
crossed()
