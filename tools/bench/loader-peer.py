"""Draws the crops of loader.mts with MONAI's CacheDataset, in one thread, everything cached before the clock runs.

    loader-peer.py <folder> <samples> <rounds>
"""

import glob
import json
import sys
import time
import warnings

import torch
from monai.data import CacheDataset
from monai import transforms as t

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
folder, samples, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
images = sorted(glob.glob(f"{folder}/imagesTr/[!.]*.nii.gz"))[:64]
files = [{"image": path, "label": path.replace("imagesTr", "labelsTr")} for path in images]
keys, crop = ["image", "label"], (32, 32, 32)
prepared = [
    t.LoadImaged(keys),
    t.EnsureChannelFirstd(keys),
    t.Orientationd(keys, "RAS"),
    t.NormalizeIntensityd("image", nonzero=True),
    t.CropForegroundd(keys, "image", select_fn=lambda x: x != 0),
    t.SpatialPadd(keys, crop),
]
crops = {
    "balanced": [
        # Indices once, as part of what is cached: faster than in each crop.
        t.FgBgToIndicesd("label", image_key="image"),
        t.RandCropByPosNegLabeld(keys, "label", crop, pos=1, neg=1, num_samples=1, fg_indices_key="label_fg_indices",
                                 bg_indices_key="label_bg_indices"),
    ],
    "uniform": [t.RandSpatialCropd(keys, crop, random_size=False)],
}
augmented = [
    t.RandFlipd(keys, 0.1, 0),
    t.RandFlipd(keys, 0.1, 1),
    t.RandFlipd(keys, 0.1, 2),
    t.RandRotate90d(keys, 0.1),
    t.RandShiftIntensityd("image", 0.1, prob=0.5),
]
for name, cropping in crops.items():
    data = CacheDataset(files, t.Compose(prepared + cropping + augmented), num_workers=0, progress=False)
    for index in range(len(files)):
        data[index]
    cpu_seconds, wall_seconds = [], []
    for at in range(rounds):
        begun, cpu = time.perf_counter(), time.process_time()
        for index in range(samples):
            data[(at * samples + index) % len(files)]
        cpu_seconds.append((time.process_time() - cpu) / samples)
        wall_seconds.append((time.perf_counter() - begun) / samples)
    print(json.dumps({"name": name, "engine": "MONAI CacheDataset", "cpuSeconds": cpu_seconds,
                      "seconds": wall_seconds}), flush=True)
