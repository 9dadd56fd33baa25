"""The peers of tools/bench/data.mts: the same work by nibabel or MONAI.

Run by data.mts as `data-peer.py CASE PATH REPEATS`; prints one JSON line.
"""
import json, pathlib, sys, time, warnings

import numpy as np

warnings.filterwarnings("ignore")
name, path, repeats = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])


def ct_pipeline():
    """Load, orient, resample, window and crop, by MONAI."""
    from monai.transforms import (Compose, CropForegroundd, EnsureChannelFirstd, LoadImaged, Orientationd,
                                  ScaleIntensityRanged, Spacingd)
    pipeline = Compose([LoadImaged("image"), EnsureChannelFirstd("image"), Orientationd("image", axcodes="RAS"),
                        Spacingd("image", pixdim=(1.5, 1.5, 2.0)),
                        ScaleIntensityRanged("image", -175, 250, 0, 1, clip=True),
                        CropForegroundd("image", source_key="image")])
    return "monai", lambda: float(pipeline({"image": str(path)})["image"].double().mean())


def hippocampus_loading():
    """The voxels as stored, by nibabel."""
    import nibabel as nib
    files = [path / entry["image"] for entry in json.loads((path / "dataset.json").read_text())["training"]]
    # The order in which data.mts reads them.
    files = sorted(files)[:100]
    return "nibabel", lambda: float(np.mean([np.asarray(nib.load(file).dataobj).mean() for file in files]))


engine, run = {"ct-pipeline": ct_pipeline, "hippocampus-loading": hippocampus_loading}[name]()
figure = run()
seconds, cpu_seconds = [], []
for _ in range(repeats):
    start, cpu = time.perf_counter(), time.process_time()
    figure = run()
    seconds.append(round(time.perf_counter() - start, 4))
    cpu_seconds.append(round(time.process_time() - cpu, 4))
print(json.dumps({"engine": engine, "seconds": seconds, "cpuSeconds": cpu_seconds, "figure": figure}))
