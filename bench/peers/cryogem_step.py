"""The published CryoGEM training step in PyTorch, timed: the peer of bench/train-step.ts.

As published: the source is encoded twice, the discriminator judges the fake twice, features are sampled with
grid_sample, three Adam optimisers (PyTorch's default implementation). Written from the paper and the behaviour of the
public code. Needs torch:

    python3 cryogem_step.py CROP WIDTH DEPTH UPSAMPLING STEPS [reuse]     e.g. 256 32 8 transposed 10

"reuse" encodes the source once, as ours does. Prints one JSON line: median and least wall
milliseconds, median processor milliseconds, peak memory in MB.
"""

import json
import os
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

crop, width, depth = (int(v) for v in sys.argv[1:4])
upsampling, steps = sys.argv[4], int(sys.argv[5])
reuse = "reuse" in sys.argv[6:]
torch.set_num_threads(int(os.environ.get("THREADS", os.cpu_count())))
torch.manual_seed(1)
LEVELS, QUERIES, TEMPERATURE, WEIGHT = min(5, depth), 256, 0.07, 10.0


def channels(level):
    return 1 if level == 0 else width * min(2 ** (level - 1), 8)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList(
            nn.Conv2d(channels(l - 1), channels(l), 4, 2, 1) for l in range(1, depth + 1))
        fan = [channels(l) * (1 if l == depth else 2) for l in range(1, depth + 1)]
        if upsampling == "transposed":
            self.up = nn.ModuleList(
                nn.ConvTranspose2d(fan[l - 1], channels(l - 1), 4, 2, 1) for l in range(1, depth + 1))
        else:
            self.up = nn.ModuleList(
                nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(fan[l - 1], channels(l - 1), 3, 1, 1))
                for l in range(1, depth + 1))

    def encode(self, x):
        features = []
        for i, layer in enumerate(self.down):
            x = layer(x)
            if 0 < i < depth - 1:
                x = F.instance_norm(x)
            x = F.leaky_relu(x, 0.2)
            features.append(x)
        return features

    def forward(self, x):
        features = self.encode(x)
        y = features[-1]
        for l in range(depth, 0, -1):
            y = self.up[l - 1](F.relu(y if l == depth else torch.cat([features[l - 1], y], 1)))
            if l > 1:
                y = F.instance_norm(y)
        return torch.tanh(y), features


def discriminator():
    layers = [nn.Conv2d(1, width, 4, 2, 1), nn.LeakyReLU(0.2)]
    for i, stride in ((1, 2), (2, 2), (3, 1)):
        layers += [nn.Conv2d(channels(i), channels(i + 1), 4, stride, 1), nn.InstanceNorm2d(channels(i + 1)),
                   nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Conv2d(channels(4), 1, 4, 1, 1))


G, D = Generator(), discriminator()
heads = nn.ModuleList(
    nn.Sequential(nn.Linear(channels(l), 256), nn.ReLU(), nn.Linear(256, 256)) for l in range(1, LEVELS + 1))
adam = [torch.optim.Adam(net.parameters(), 1e-4, (0.5, 0.999)) for net in (D, G, heads)]


def queries(features, grid):
    out = []
    for head, f in zip(heads, features):
        f = F.grid_sample(f, grid, align_corners=True)[0, :, 0].T
        out.append(F.normalize(head(f), dim=1))
    return out


def contrast(anchor, positive, negatives):
    logits = torch.cat([(anchor * positive).sum(1, keepdim=True), anchor @ negatives.T], 1) / TEMPERATURE
    return F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long))


def step(a, b, grids):
    fake, features = G(a)
    adam[0].zero_grad()
    d = (((D(fake.detach())) ** 2).mean() + ((D(b) - 1) ** 2).mean()) / 2
    d.backward()
    adam[0].step()
    for p in D.parameters():
        p.requires_grad_(False)
    adam[1].zero_grad()
    adam[2].zero_grad()
    loss = ((D(fake) - 1) ** 2).mean()
    source = features if reuse else G.encode(a)
    target = G.encode(fake)
    (zp, zb), (op, ob) = ([queries(f[:LEVELS], grid) for grid in grids] for f in (source, target))
    for p, q, n, m in zip(zp, op, ob, zb):
        loss = loss + WEIGHT / LEVELS / 2 * (contrast(p, q, n) + contrast(m, n, q))
    loss.backward()
    adam[1].step()
    adam[2].step()
    for p in D.parameters():
        p.requires_grad_(True)
    return loss.item()


times, processor = [], []
for i in range(steps + 2):
    a, b = torch.randn(1, 1, crop, crop), torch.randn(1, 1, crop, crop)
    grids = [2 * torch.rand(1, 1, QUERIES, 2) - 1 for _ in range(2)]
    start, before = time.perf_counter(), time.process_time()
    step(a, b, grids)
    if i >= 2:
        times.append(1000 * (time.perf_counter() - start))
        processor.append(1000 * (time.process_time() - before))
times.sort()
processor.sort()
print(json.dumps({"median": round(times[len(times) // 2]), "least": round(times[0]),
                  "processor": round(processor[len(processor) // 2]),
                  "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
