"""The peer of tools/bench/augment.mts: the same transforms by MONAI, on one thread, image and labels alike.

Run by augment.mts with the side of the crop, the rounds, and each case with its samples a round
(`affine:10 blur:10`); prints one JSON line a case: processor seconds a sample, of each round.
"""
import json, sys, time, warnings

import numpy as np
import torch
from monai import transforms as mt

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
side, rounds = int(sys.argv[1]), int(sys.argv[2])
both, modes, angle = ["image", "label"], ["bilinear", "nearest"], [np.pi / 12] * 3
cases = {
    "paper": lambda: [mt.RandFlipd(both, prob=0.1, spatial_axis=axis) for axis in range(3)]
    + [mt.RandRotate90d(both, prob=0.1, max_k=3, spatial_axes=(1, 2)),
       mt.RandShiftIntensityd("image", offsets=0.1, prob=0.5)],
    "flips": lambda: [mt.RandFlipd(both, prob=1, spatial_axis=axis) for axis in range(3)]
    + [mt.RandShiftIntensityd("image", offsets=0.1, prob=1)],
    "affine": lambda: [mt.RandAffined(both, prob=1, rotate_range=angle, scale_range=[0.15] * 3, mode=modes,
                                      padding_mode="border")],
    "elastic": lambda: [mt.Rand3DElasticd(both, sigma_range=(5, 8), magnitude_range=(100, 200), prob=1, mode=modes,
                                          padding_mode="border")],
    "noise": lambda: [mt.RandGaussianNoised("image", prob=1, std=0.1)],
    "blur": lambda: [mt.RandGaussianSmoothd("image", sigma_x=(0.5, 1), sigma_y=(0.5, 1), sigma_z=(0.5, 1), prob=1)],
    "gamma": lambda: [mt.RandAdjustContrastd("image", prob=1, gamma=(0.7, 1.5), retain_stats=True)],
    "biasField": lambda: [mt.RandBiasFieldd("image", prob=1)],
    "lowResolution": lambda: [mt.RandSimulateLowResolutiond("image", prob=1, zoom_range=(0.5, 1.0))],
    "twoView": lambda: [
        mt.OneOf([mt.RandCoarseDropoutd("image", prob=1, holes=6, spatial_size=5, max_spatial_size=32, dropout_holes=True),
                  mt.RandCoarseDropoutd("image", prob=1, holes=6, spatial_size=20, max_spatial_size=64, dropout_holes=False)]),
        mt.RandCoarseShuffled("image", prob=0.8, holes=10, spatial_size=8)],
}
image = torch.rand(1, side, side, side)
label = (image * 4).to(torch.uint8)
for name, samples in (case.split(":") for case in sys.argv[3:]):
    transform = mt.Compose(cases[name]())
    transform({"image": image.clone(), "label": label.clone()})
    per_sample = []
    for _ in range(rounds):
        seconds = 0.0
        for _ in range(int(samples)):
            crop = {"image": image.clone(), "label": label.clone()}
            start = time.process_time()
            transform(crop)
            seconds += time.process_time() - start
        per_sample.append(seconds / int(samples))
    print(json.dumps({"name": name, "engine": "monai", "cpuSeconds": per_sample}), flush=True)
