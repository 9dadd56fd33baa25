"""Checks an exported model as a stranger would: peer.py <model.onnx> <window.json>.

The ONNX checker must accept the file, and onnxruntime must give the labels (or, for an encoder, the
numbers) that TF.js gave; export-check.mts writes both files.
"""
import json
import sys

import numpy as np
import onnx
import onnxruntime

model, window = sys.argv[1], json.load(open(sys.argv[2]))
onnx.checker.check_model(model, full_check=True)
volumes = np.asarray(window["volumes"], np.float32).reshape(window["shape"])
expected = np.asarray(window["logits"], np.float32)
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
(logits,) = session.run(None, {session.get_inputs()[0].name: volumes})
classes = logits.shape[-1]
labels = logits.reshape(-1, classes).argmax(-1)
truth = expected.reshape(-1, classes).argmax(-1)
print(json.dumps({
    "checker": "accepted",
    "onnxruntime": onnxruntime.__version__,
    "voxels": int(truth.size),
    "labelsThatDiffer": int((labels != truth).sum()),
    "labelsPresent": len(np.unique(truth)),
    "largestDifference": float(np.abs(logits.ravel() - expected.ravel()).max() / np.abs(expected).max()),
}))
