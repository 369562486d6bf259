"""The steps of simulateMicrograph and Gaussian noise in numpy and scipy, vectorised over particles, one thread.

Usage: micrograph.py BOX SIZE PARTICLES REPEATS; prints JSON with processor seconds a stage (the median over the repeats).
"""

import json
import sys
import time

import numpy as np
from scipy import fft, ndimage

PIXEL, KV, CS, AMPLITUDE, DEFOCUS_U, DEFOCUS_V, ANGLE = 1.5, 300.0, 2.7, 0.1, 18000.0, 17000.0, 30.0


def random_rotations(count, rng):
    q = rng.normal(size=(count, 4))
    w, x, y, z = (q / np.linalg.norm(q, axis=1, keepdims=True)).T
    return np.stack(
        [
            np.stack([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)], -1),
            np.stack([2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)], -1),
            np.stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], -1),
        ],
        -2,
    )


def prepare(volume, padding=2):
    box = volume.shape[0]
    n = padding * box
    t = np.sinc((np.arange(box) - box // 2) / n) ** -2
    volume = volume * t[:, None, None] * t[:, None] * t
    padded = np.zeros((n, n, n), np.float32)
    low = (n - box) // 2
    padded[low : low + box, low : low + box, low : low + box] = volume
    spectrum = fft.fftshift(fft.rfftn(fft.ifftshift(padded)), axes=(0, 1)).astype(np.complex64)
    return np.ascontiguousarray(spectrum.real), np.ascontiguousarray(spectrum.imag), n


def slices(spectrum, matrices, box):
    """Central slices: trilinear, x >= 0 stored, zero beyond Nyquist's radius."""
    real, imaginary, n = spectrum
    ky, kx = np.meshgrid(np.fft.fftfreq(box, 1 / box), np.arange(box // 2 + 1), indexing="ij")
    inside = np.nonzero(kx**2 + ky**2 < (box / 2) ** 2)
    plane = np.stack([kx[inside], ky[inside]])
    step = n / box
    xyz = np.einsum("pik,is->pks", matrices[:, :2], plane) * step
    flip = xyz[:, 0] < 0
    xyz *= np.where(flip, -1.0, 1.0)[:, None]
    where = np.stack([xyz[:, 2] + n // 2, xyz[:, 1] + n // 2, xyz[:, 0]]).reshape(3, -1)
    re = ndimage.map_coordinates(real, where, order=1, prefilter=False, mode="nearest").reshape(flip.shape)
    im = ndimage.map_coordinates(imaginary, where, order=1, prefilter=False, mode="nearest").reshape(flip.shape)
    out = np.zeros((len(matrices), box, box // 2 + 1), np.complex64)
    out[:, inside[0], inside[1]] = re + 1j * np.where(flip, -im, im)
    return out


def moved(spectra, shifts):
    box = spectra.shape[1]
    ramp_x = np.exp(-2j * np.pi * np.arange(box // 2 + 1) / box * (shifts[:, :1] + box // 2)).astype(np.complex64)
    ramp_y = np.exp(-2j * np.pi * np.fft.fftfreq(box) * (shifts[:, 1:] + box // 2)).astype(np.complex64)
    return spectra * ramp_y[:, :, None] * ramp_x[:, None, :]


def footprints(spectra, box, level):
    g2 = (np.fft.fftfreq(box, PIXEL)[:, None] ** 2 + np.fft.rfftfreq(box, PIXEL) ** 2).astype(np.float32)
    blur = np.exp(-2 * np.pi**2 * 36 * g2)
    return fft.irfft2(spectra * blur, s=(box, box)) >= level


def ctf(rows, columns):
    volt = KV * 1e3
    wavelength = 12.2643247 / np.sqrt(volt * (1 + volt * 0.978466e-6))
    ky = np.fft.fftfreq(rows, PIXEL).astype(np.float32)[:, None]
    kx = np.fft.rfftfreq(columns, PIXEL).astype(np.float32)
    k2 = kx * kx + ky * ky
    angle = np.arctan2(ky, kx) - np.float32(np.deg2rad(ANGLE))
    defocus = (DEFOCUS_U + DEFOCUS_V) / 2 + (DEFOCUS_U - DEFOCUS_V) / 2 * np.cos(2 * angle)
    chi = np.pi * wavelength * k2 * (defocus - wavelength**2 * k2 * CS * 1e7 / 2)
    return np.sin(chi + np.arcsin(AMPLITUDE)).astype(np.float32)


def simulate(spectrum, matrices, centres, box, size, canvas, level, ice, rng, clock):
    clock("start")
    spectra = slices(spectrum, matrices, box)
    clock("slices")
    whole = np.rint(centres).astype(int)
    spectra = moved(spectra, centres - whole)
    clock("shift")
    images = fft.irfft2(spectra, s=(box, box))
    clock("inverse")
    covered = footprints(spectra, box, level)
    clock("footprints")
    potential = np.zeros((canvas, canvas), np.float32)
    coverage = np.zeros((canvas, canvas), np.uint8)
    span = np.arange(box) - box // 2
    for image, footprint, (x, y) in zip(images, covered, whole):
        rows, columns = (span + y) % canvas, (span + x) % canvas
        potential[np.ix_(rows, columns)] += image
        coverage[np.ix_(rows, columns)] += footprint
    clock("place")
    potential[:size, :size] *= ndimage.zoom(ice, size / ice.shape[0], order=1, grid_mode=True, mode="nearest")
    clock("ice")
    clean = fft.irfft2(fft.rfft2(potential) * -ctf(canvas, canvas), s=(canvas, canvas))[:size, :size]
    clock("optics")
    noisy = clean + rng.standard_normal(clean.shape, np.float32) * np.sqrt(clean.var() / 0.1)
    clock("noise")
    return noisy, coverage[:size, :size] > 0


def main():
    box, size, count, repeats = map(int, sys.argv[1:5])
    rng = np.random.default_rng(1)
    z, y, x = (axis - box // 2 for axis in np.ogrid[:box, :box, :box])
    radius = np.sqrt(z * z + y * y + x * x)
    volume = np.exp(-(((radius - 0.3 * box) / (0.08 * box)) ** 2)).astype(np.float32)
    spectrum = prepare(volume)
    canvas = fft.next_fast_len(size + box + 1, real=True)
    times = {}
    for _ in range(repeats + 1):
        stamps = []
        matrices = random_rotations(count, rng)
        centres = rng.uniform(0, size, (count, 2))
        ice = rng.uniform(0.5, 1, (256, 256)).astype(np.float32)
        simulate(spectrum, matrices, centres, box, size, canvas, 5.0, ice, rng,
                 lambda name: stamps.append((name, time.process_time())))
        for (_, before), (name, after) in zip(stamps, stamps[1:]):
            times.setdefault(name, []).append(after - before)
    stages = {name: float(np.median(values[1:])) for name, values in times.items()}
    print(json.dumps({"seconds": sum(stages.values()), "stages": stages}))


main()
