// SPDX-License-Identifier: Apache-2.0

/// Model files: weights and what is needed to use them, in one safetensors file that Python reads too.
///
/// [ModelFile] writes and reads a [ModelConfig] with its [NamedTensor]s; [WeightsHash] is the fingerprint of the
/// weights; [DurableFile] replaces a file so that a crash leaves the old one or the new one. Files are data: nothing in
/// them names a class or a path, and every length in them is compared with the size of the file before memory is
/// allocated for it. The format is described to the byte in `src/docs/model-file.md`.
@NullMarked
package dev.lanewise.model;

import org.jspecify.annotations.NullMarked;
