"""The peers of tools/bench/metrics.mts: the same metrics by scipy, cut to each class's box, and by MONAI.

Run by metrics.mts with a folder that holds case.json, prediction and truth (bytes); prints one JSON line a peer.
"""
import json, pathlib, sys, time, warnings

import numpy as np
import scipy.ndimage as ndi

warnings.filterwarnings("ignore")
folder = pathlib.Path(sys.argv[1])
case = json.loads((folder / "case.json").read_text())
shape, classes = case["shape"], case["classes"]
# MONAI refuses a mix of int and float, which JSON makes of [3, 1.5, 1.5].
spacing = [float(gap) for gap in case["spacing"]]
prediction, truth = (np.fromfile(folder / name, np.uint8).reshape(shape) for name in ("prediction", "truth"))


def by_scipy():
    """Dice, HD, HD95, ASSD, NSD as a careful user of scipy computes them: boxes first."""
    boxes = [ndi.find_objects(labels, classes - 1) for labels in (prediction, truth)]
    scores = []
    for label in range(1, classes):
        found = [box[label - 1] for box in boxes if box[label - 1]]
        if not found:
            continue
        box = tuple(slice(min(b[axis].start for b in found), max(b[axis].stop for b in found)) for axis in range(3))
        a, b = prediction[box] == label, truth[box] == label
        dice = 2 * (a & b).sum() / (a.sum() + b.sum())
        if not a.any() or not b.any():
            scores.append((dice, np.nan))
            continue
        a, b = a ^ ndi.binary_erosion(a), b ^ ndi.binary_erosion(b)
        to_b = ndi.distance_transform_edt(~b, sampling=spacing)[a]
        to_a = ndi.distance_transform_edt(~a, sampling=spacing)[b]
        both = np.concatenate((to_b, to_a))
        both.max(), both.mean(), (both <= 2).mean()
        scores.append((dice, max(np.percentile(to_b, 95), np.percentile(to_a, 95))))
    return scores


def by_monai():
    """Each class as MONAI's functions take it. They compute the surfaces anew for every metric."""
    scores = []
    for label in range(1, classes):
        y_pred, y = (torch.from_numpy(labels == label)[None, None] for labels in (prediction, truth))
        options = dict(include_background=True, spacing=spacing)
        dice = metrics.compute_dice(y_pred.float(), y.float())
        hd95 = metrics.compute_hausdorff_distance(y_pred, y, percentile=95, **options)
        metrics.compute_hausdorff_distance(y_pred, y, **options)
        metrics.compute_average_surface_distance(y_pred, y, symmetric=True, **options)
        metrics.compute_surface_dice(y_pred, y, class_thresholds=[2.0], **options)
        scores.append((float(dice), float(hd95)))
    return scores


def report(engine, compute, repeats):
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        scores = compute()
        seconds.append(time.perf_counter() - start)
    dice, hd95 = np.nanmean(np.array(scores), axis=0)
    print(json.dumps({"engine": engine, "seconds": seconds, "dice": dice, "hd95": hd95}), flush=True)


report("scipy", by_scipy, case["repeats"])
try:
    import torch
    from monai import metrics
except ImportError:
    sys.exit()
report("monai", by_monai, 1 if np.prod(shape) > 1e6 else case["repeats"])
