"""The steps of simulateMicrograph and Gaussian noise in numpy and scipy, vectorised over particles.

Usage: micrograph.py BOX SIZE PARTICLES REPEATS [by-hand] [WORKERS]; prints JSON with processor and wall seconds a stage (medians).

Interpolation is done by scipy's own functions, map_coordinates and zoom, or with `by-hand` by numpy's indexing: the same to 32-bit
rounding, several times faster. WORKERS: threads of scipy.fft, default 1.
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
    return np.ascontiguousarray(spectrum.real), np.ascontiguousarray(spectrum.imag), n, spectrum.ravel()


def trilinear(spectrum, xyz):
    """By indexing: eight corners, interpolated along x, y, z. A place on the last plane has weight 0 beyond it."""
    flat, shape = spectrum
    row, section = shape[2], shape[1] * shape[2]
    weight = xyz.astype(np.float32)
    whole = weight.astype(np.int32)
    weight -= whole
    corner = whole[2] * section + whole[1] * row + whole[0]

    def along_x(offset):
        left = flat.take(corner + offset, mode="clip")
        return left + weight[0] * (flat.take(corner + (offset + 1), mode="clip") - left)

    near, below = along_x(0), along_x(row)
    near += weight[1] * (below - near)
    far, below = along_x(section), along_x(section + row)
    far += weight[1] * (below - far)
    near += weight[2] * (far - near)
    return near


def slices(spectrum, matrices, box, by_hand):
    """Central slices: trilinear, x >= 0 stored, zero beyond Nyquist's radius."""
    real, imaginary, n, flat = spectrum
    ky, kx = np.meshgrid(np.fft.fftfreq(box, 1 / box), np.arange(box // 2 + 1), indexing="ij")
    inside = np.nonzero(kx**2 + ky**2 < (box / 2) ** 2)
    plane = np.stack([kx[inside], ky[inside]])
    step = n / box
    xyz = np.einsum("pik,is->kps", matrices[:, :2], plane) * step
    flip = xyz[0] < 0
    xyz *= np.where(flip, -1.0, 1.0)
    xyz[1:] += n // 2
    out = np.zeros((len(matrices), box, box // 2 + 1), np.complex64)
    if by_hand:
        value = trilinear((flat, real.shape), xyz.reshape(3, -1)).reshape(flip.shape)
        out[:, inside[0], inside[1]] = np.where(flip, value.conj(), value)
        return out
    where = xyz[::-1].reshape(3, -1)
    re = ndimage.map_coordinates(real, where, order=1, prefilter=False, mode="nearest").reshape(flip.shape)
    im = ndimage.map_coordinates(imaginary, where, order=1, prefilter=False, mode="nearest").reshape(flip.shape)
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


def resampled(ice, size, by_hand):
    if not by_hand:
        return ndimage.zoom(ice, size / ice.shape[0], order=1, grid_mode=True, mode="nearest")
    n = ice.shape[0]
    at = np.clip((np.arange(size) + 0.5) * n / size - 0.5, 0, n - 1)
    first = at.astype(int)
    second = np.minimum(first + 1, n - 1)
    weight = (at - first).astype(np.float32)[:, None]
    rows = ice[first] + weight * (ice[second] - ice[first])
    columns = np.ascontiguousarray(rows.T)
    return (columns[first] + weight * (columns[second] - columns[first])).T


def simulate(spectrum, matrices, centres, box, size, canvas, level, ice, rng, clock, by_hand):
    clock("start")
    spectra = slices(spectrum, matrices, box, by_hand)
    clock("slices")
    whole = np.rint(centres).astype(int)
    spectra = moved(spectra, centres - whole)
    clock("shift")
    images = fft.irfft2(spectra, s=(box, box))
    clock("inverse")
    covered = footprints(spectra, box, level)
    clock("footprints")
    # half a box of margin at every side, so that no box is cut
    potential = np.zeros((canvas, canvas), np.float32)
    coverage = np.zeros((canvas, canvas), np.uint8)
    for image, footprint, (x, y) in zip(images, covered, whole):
        potential[y : y + box, x : x + box] += image
        coverage[y : y + box, x : x + box] += footprint
    clock("place")
    low, high = box // 2, box // 2 + size
    potential[low:high, low:high] *= resampled(ice, size, by_hand)
    clock("ice")
    clean = fft.irfft2(fft.rfft2(potential) * -ctf(canvas, canvas), s=(canvas, canvas))[low:high, low:high]
    clock("optics")
    noisy = clean + rng.standard_normal(clean.shape, np.float32) * np.sqrt(clean.var() / 0.1)
    clock("noise")
    return noisy, coverage[low:high, low:high] > 0


def main():
    box, size, count, repeats = map(int, sys.argv[1:5])
    options = sys.argv[5:]
    by_hand = "by-hand" in options
    workers = next((int(option) for option in options if option.isdigit()), 1)
    rng = np.random.default_rng(1)
    z, y, x = (axis - box // 2 for axis in np.ogrid[:box, :box, :box])
    radius = np.sqrt(z * z + y * y + x * x)
    volume = np.exp(-(((radius - 0.3 * box) / (0.08 * box)) ** 2)).astype(np.float32)
    spectrum = prepare(volume)
    canvas = fft.next_fast_len(size + box + 1, real=True)
    times = {}
    walls = []
    with fft.set_workers(workers):
        for _ in range(repeats + 1):
            stamps = []
            matrices = random_rotations(count, rng)
            centres = rng.uniform(0, size - 1, (count, 2))
            ice = rng.uniform(0.5, 1, (256, 256)).astype(np.float32)
            started = time.perf_counter()
            simulate(spectrum, matrices, centres, box, size, canvas, 5.0, ice, rng,
                     lambda name: stamps.append((name, time.process_time())), by_hand)
            walls.append(time.perf_counter() - started)
            for (_, before), (name, after) in zip(stamps, stamps[1:]):
                times.setdefault(name, []).append(after - before)
    stages = {name: float(np.median(values[1:])) for name, values in times.items()}
    print(json.dumps({"seconds": sum(stages.values()), "wall": float(np.median(walls[1:])), "stages": stages}))


main()
