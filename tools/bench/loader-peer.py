"""Draws the crops of loader.mts with MONAI's CacheDataset: loader-peer.py <folder> <samples>."""

import glob
import json
import sys
import time

import torch
from monai.data import CacheDataset
from monai import transforms as t

torch.set_num_threads(1)
folder, count = sys.argv[1], int(sys.argv[2])
images = sorted(glob.glob(f"{folder}/imagesTr/[!.]*.nii.gz"))[:64]
files = [{"image": path, "label": path.replace("imagesTr", "labelsTr")} for path in images]
keys = ["image", "label"]
pipeline = t.Compose(
    [
        t.LoadImaged(keys),
        t.EnsureChannelFirstd(keys),
        t.Orientationd(keys, "RAS"),
        t.NormalizeIntensityd("image", nonzero=True),
        t.CropForegroundd(keys, "image", select_fn=lambda x: x != 0),
        t.SpatialPadd(keys, (32, 32, 32)),
        t.RandCropByPosNegLabeld(keys, "label", (32, 32, 32), pos=1, neg=1, num_samples=1, image_key="image"),
        t.RandFlipd(keys, 0.1, 0),
        t.RandFlipd(keys, 0.1, 1),
        t.RandFlipd(keys, 0.1, 2),
        t.RandRotate90d(keys, 0.1),
        t.RandShiftIntensityd("image", 0.1, prob=0.5),
    ]
)
data = CacheDataset(files, pipeline, num_workers=0, progress=False)
for index in range(32):
    data[index]
begun, cpu = time.perf_counter(), time.process_time()
for index in range(count):
    data[index % len(files)]
print(
    json.dumps(
        {
            "name": "crops",
            "engine": "MONAI CacheDataset",
            "samples": count,
            "seconds": time.perf_counter() - begun,
            "cpuSeconds": time.process_time() - cpu,
        }
    )
)
