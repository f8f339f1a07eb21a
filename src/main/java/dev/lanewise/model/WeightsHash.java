// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// The fingerprint of weights, `weights_sha256`: two trainings gave the same bits if and only if it is equal.
///
/// **Numerics**: SHA-256 over, tensor by tensor in the order given, the name in UTF-8, a zero byte, and the values
/// row-major as little-endian float32 without padding, every NaN as `7fc00000`; a counter as little-endian int64. Shapes, metadata and padding do not
/// count.
public final class WeightsHash {
    private WeightsHash() {
    }

    /// The hash of `tensors`, 64 hexadecimal digits in lower case.
    ///
    /// **Throws** `IllegalStateException` if a tensor is closed.
    public static String sha256(List<NamedTensor> tensors) {
        MessageDigest digest = sha256();
        for (NamedTensor tensor : tensors) {
            digest.update(tensor.name().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            TensorBytes bytes = new TensorBytes(tensor);
            for (ByteBuffer chunk = bytes.next(); chunk.hasRemaining(); chunk = bytes.next()) {
                digest.update(chunk);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing, which every Java platform must have", e);
        }
    }
}
