// SPDX-License-Identifier: Apache-2.0

/// Lanewise beside its peers: the same work for each, equal results first, then alternating runs.
///
/// A project of its own behind the profile `peers`; nothing else compiles or downloads any of it. Start reading at
/// [dev.lanewise.peers.Workload], [dev.lanewise.peers.Match] and [dev.lanewise.peers.Gate].
@NullMarked
package dev.lanewise.peers;

import org.jspecify.annotations.NullMarked;
