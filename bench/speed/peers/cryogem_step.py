"""The CryoGEM training step in PyTorch: the peer of bench/speed/train-step.ts, which starts it and gives it weights and data.

    python3 cryogem_step.py FOLDER published|reuse|exact

published: the source is encoded twice, the discriminator judges the fake twice, features are sampled with grid_sample,
three Adam optimisers (PyTorch's default implementation). reuse: encodes the source once, as ours does. exact: as reuse, in
float64, for its losses only. Written from the paper and the behaviour of the public code; biases that an instance norm
takes out again are there, as published, and start at zero. Needs torch. A step for every line on standard input, answered by a
line of JSON.
"""

import json
import os
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

from unet import open_generator, read_case, set_weights

folder, how = sys.argv[1:3]
torch.set_num_threads(int(os.environ.get("THREADS", os.cpu_count())))
torch.set_default_dtype(torch.float64 if how == "exact" else torch.float32)
options, arrays = read_case(folder)
crop = options["crop"]
contrast = options["contrast"]
levels, head_width, temperature = contrast["levels"], contrast["headWidth"], contrast["nce"]["temperature"]
WEIGHT = 10.0

G = open_generator(options["generator"])
channels, width = G.channels, options["discriminator"]["width"]


def discriminator():
    layers = [nn.Conv2d(1, width, 4, 2, 1), nn.LeakyReLU(0.2)]
    for i, stride in ((1, 2), (2, 2), (3, 1)):
        layers += [nn.Conv2d(channels(i), channels(i + 1), 4, stride, 1), nn.InstanceNorm2d(channels(i + 1)),
                   nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Conv2d(channels(4), 1, 4, 1, 1))


D = discriminator()
heads = nn.ModuleList(
    nn.Sequential(nn.Linear(channels(l), head_width), nn.ReLU(), nn.Linear(head_width, head_width))
    for l in range(1, levels + 1))


def layers():
    """Our names of the layers."""
    yield from G.layers()
    for name, at in (("layer1", 0), ("layer2", 2), ("layer3", 5), ("layer4", 8), ("judge", 11)):
        yield f"discriminator.{name}", D[at]
    for l in range(1, levels + 1):
        yield f"heads.level{l}.first", heads[l - 1][0]
        yield f"heads.level{l}.second", heads[l - 1][2]


def sampling_grid(place):
    """Flat indices of pixels, as grid_sample wants them."""
    x, y = place % crop, torch.div(place, crop, rounding_mode="floor")
    return (2 * (torch.stack([x, y], 1) + 0.5) / crop - 1)[None, None]


def queries(features, grid):
    out = []
    for head, f in zip(heads, features):
        f = F.grid_sample(f, grid, align_corners=False, padding_mode="border")[0, :, 0].T
        out.append(F.normalize(head(f), dim=1))
    return out


def contrast(anchor, positive, negatives):
    logits = torch.cat([(anchor * positive).sum(1, keepdim=True), anchor @ negatives.T], 1) / temperature
    return F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long))


set_weights(layers(), arrays, options["generator"]["upsampling"])
grids = [sampling_grid(arrays.pop(name)) for name in ("particles", "background")]
simulated, real = arrays.pop("simulated"), arrays.pop("real")
assert not arrays, f"weights that no layer has: {list(arrays)}"
adam = [torch.optim.Adam(net.parameters(), 1e-4, (0.5, 0.999)) for net in (D, G, heads)]


def step():
    fake, features = G(simulated)
    adam[0].zero_grad()
    on_fake, on_real = (D(fake.detach()) ** 2).mean(), ((D(real) - 1) ** 2).mean()
    ((on_fake + on_real) / 2).backward()
    adam[0].step()
    for p in D.parameters():
        p.requires_grad_(False)
    adam[1].zero_grad()
    adam[2].zero_grad()
    gan = ((D(fake) - 1) ** 2).mean()
    source = G.encode(simulated) if how == "published" else features
    target = G.encode(fake)
    (zp, zb), (op, ob) = ([queries(f[:levels], grid) for grid in grids] for f in (source, target))
    nce = 0
    for p, q, n, m in zip(zp, op, ob, zb):
        nce = nce + WEIGHT / levels / 2 * (contrast(p, q, n) + contrast(m, n, q))
    if how != "exact":
        (gan + nce).backward()
        adam[1].step()
        adam[2].step()
    for p in D.parameters():
        p.requires_grad_(True)
    return {"discriminatorReal": on_real.item(), "discriminatorFake": on_fake.item(), "gan": gan.item(),
            "nce": nce.item()}


for _ in sys.stdin:
    start, before = time.perf_counter(), time.process_time()
    losses = step()
    print(json.dumps({"wall": 1000 * (time.perf_counter() - start),
                      "processor": 1000 * (time.process_time() - before),
                      "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                      "values": losses}), flush=True)
