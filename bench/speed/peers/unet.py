"""The generator of CryoGEM in PyTorch, and the weights and arrays that a bench hands over: for the peers beside it."""

import json
import os

import torch
import torch.nn as nn
import torch.nn.functional as F

RANGE = 5.0


class Generator(nn.Module):
    """U-Net of pix2pix: encode gives the features of every level, forward the image and those features."""

    def __init__(self, width, widest, depth, upsampling, output):
        super().__init__()
        self.depth, self.output, self.upsampling = depth, output, upsampling
        self.channels = lambda level: 1 if level == 0 else width * min(2 ** (level - 1), widest)
        channels = self.channels
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
            if 0 < i < self.depth - 1:
                x = F.instance_norm(x)
            x = F.leaky_relu(x, 0.2)
            features.append(x)
        return features

    def forward(self, x):
        features = self.encode(x)
        y = features[-1]
        for l in range(self.depth, 0, -1):
            y = self.up[l - 1](F.relu(y if l == self.depth else torch.cat([features[l - 1], y], 1)))
            if l > 1:
                y = F.instance_norm(y)
        return RANGE * torch.tanh(y) if self.output == "plain" else x + y, features

    def layers(self):
        """Our names of the layers."""
        for l in range(1, self.depth + 1):
            yield f"generator.down{l}", self.down[l - 1]
            yield f"generator.up{l}", self.up[l - 1] if self.upsampling == "transposed" else self.up[l - 1][1]


def open_generator(options):
    """The generator that our options of a U-Net describe."""
    return Generator(**{name: options[name] for name in ("width", "widest", "depth", "upsampling", "output")})


def read_case(folder):
    """options.json, and the arrays of values.bin by name in the default type."""
    with open(os.path.join(folder, "options.json")) as file:
        given = json.load(file)
    arrays = {}
    with open(os.path.join(folder, "values.bin"), "rb") as file:
        for entry in given["arrays"]:
            count = 1
            for n in entry["shape"]:
                count *= n
            raw = torch.frombuffer(bytearray(file.read(4 * count)), dtype=torch.float32)
            arrays[entry["name"]] = raw.reshape(entry["shape"]).to(torch.get_default_dtype())
    return given["options"], arrays


def set_weights(layers, arrays, upsampling):
    """Takes the weights out of arrays; biases that an instance norm takes out again are ours not to have: zero."""
    with torch.no_grad():
        for name, layer in layers:
            weight = arrays.pop(f"{name}.weight")
            # ours holds the kernel after nearest up-sampling turned and its channels exchanged
            is_turned = upsampling == "resize" and ".up" in name
            layer.weight.copy_(weight.flip(2, 3).transpose(0, 1) if is_turned else weight)
            layer.bias.zero_()
            if f"{name}.bias" in arrays:
                layer.bias.copy_(arrays.pop(f"{name}.bias"))
