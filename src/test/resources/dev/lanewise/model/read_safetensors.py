# SPDX-License-Identifier: Apache-2.0
# A reader of safetensors files from the published description of the format, with every rule for writers checked:
# header length a multiple of 8, '{' first, no key twice, offsets without holes, F32 only. Prints what it has read.
import hashlib
import json
import struct
import sys

sys.stdout.reconfigure(encoding="utf-8")


def once(pairs):
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), "a key stands twice: %s" % names
    return dict(pairs)


def float32(number):
    return struct.unpack("<f", struct.pack("<f", number))[0]


with open(sys.argv[1], "rb") as f:
    content = f.read()
(length,) = struct.unpack("<Q", content[:8])
assert length % 8 == 0 and length <= 100_000_000 and 8 + length <= len(content), length
text = content[8 : 8 + length]
assert text[:1] == b"{" and text.rstrip(b" ")[-1:] == b"}"
header = json.loads(text.decode("utf-8"), object_pairs_hook=once)
data = content[8 + length :]

assert next(iter(header)) == "__metadata__"
metadata = header.pop("__metadata__")
assert all(isinstance(value, str) for value in metadata.values())
print("metadata", *metadata)
config = json.loads(metadata["lanewise.config"], object_pairs_hook=once)
layer = config["layers"][0]
print("config", config["task"], config["data"], config["label"], config["features"][1], *layer.values())
print("labels", *json.loads(metadata["lanewise.labels"]))
scaling = json.loads(metadata["lanewise.scaling"], object_pairs_hook=once)
print("scaling", *(float32(mean) for mean in scaling["mean"]))

end = 0
digest = hashlib.sha256()
for name, tensor in header.items():
    assert list(tensor) == ["dtype", "shape", "data_offsets"] and tensor["dtype"] == "F32"
    begin, tensor_end = tensor["data_offsets"]
    assert begin == end
    end = tensor_end
    count = 1
    for size in tensor["shape"]:
        count *= size
    assert end - begin == 4 * count
    print(name, tensor["shape"], *struct.unpack("<%df" % count, data[begin:end]))
    digest.update(name.encode("utf-8") + b"\0" + data[begin:end])
assert end == len(data)
print("sha256", digest.hexdigest())
