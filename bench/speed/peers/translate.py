"""The generator in PyTorch over the tiles that ours takes: the peer of bench/speed/generate.ts, which starts it.

    python3 translate.py FOLDER

Needs torch. Translates the image for every line on standard input, on "keep" into FOLDER/PyTorch.bin; answers each with
a line of JSON.
"""

import json
import math
import os
import resource
import sys
import time

import torch
import torch.nn.functional as F

from unet import open_generator, read_case, set_weights

folder = sys.argv[1]
torch.set_num_threads(int(os.environ.get("THREADS", os.cpu_count())))
options, arrays = read_case(folder)
side, size, starts = options["side"], options["plan"]["size"], options["plan"]["starts"]
G = open_generator(options["generator"]).eval()
set_weights(G.layers(), arrays, options["generator"]["upsampling"])
image = arrays.pop("image").reshape(1, 1, side, side)


def weights():
    """Of every tile along an axis: squared sines over the shared pixels, normalised to add up to 1."""
    shared = starts[0] + size - starts[1] if len(starts) > 1 else 0
    windows = []
    for i in range(len(starts)):
        window = torch.ones(size)
        rise = torch.sin((torch.arange(shared) + 0.5) / max(shared, 1) * math.pi / 2) ** 2
        if i > 0:
            window[:shared] *= rise
        if i < len(starts) - 1:
            window[size - shared:] *= rise.flip(0)
        windows.append(window)
    total = torch.zeros(starts[-1] - starts[0] + size)
    for start, window in zip(starts, windows):
        total[start - starts[0]:start - starts[0] + size] += window
    return [w / total[s - starts[0]:s - starts[0] + size] for s, w in zip(starts, windows)]


def translate():
    before, after = -starts[0], starts[-1] + size - side
    padded = F.pad(image, (before, after, before, after), mode="reflect")
    out, along = torch.zeros_like(padded), weights()
    for top, down in zip(starts, along):
        for left, across in zip(starts, along):
            rows, columns = slice(top + before, top + before + size), slice(left + before, left + before + size)
            tile = G(padded[:, :, rows, columns])[0]
            out[:, :, rows, columns] += tile * down[:, None] * across
    return out[:, :, before:before + side, before:before + side]


with torch.inference_mode():
    for line in sys.stdin:
        start, before = time.perf_counter(), time.process_time()
        translated = translate()
        wall, processor = time.perf_counter() - start, time.process_time() - before
        if line.strip() == "keep":
            with open(os.path.join(folder, "PyTorch.bin"), "wb") as file:
                translated.contiguous().numpy().tofile(file)
        print(json.dumps({"wall": 1000 * wall, "processor": 1000 * processor,
                          "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)
