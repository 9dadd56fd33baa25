"""The work of cases.mts in PyTorch and MONAI, one JSON line: peer.py <case> <repeats>."""
import json
import os
import resource
import sys
import time

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.qkv, self.proj = nn.Linear(dim, 3 * dim, bias=False), nn.Linear(dim, dim)
        self.fc1, self.fc2 = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(b, n, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-1, -2) * (c // self.heads) ** -0.5).softmax(-1)
        x = x + self.proj((weights @ v).transpose(1, 2).reshape(b, n, c))
        return x + self.fc2(nn.functional.gelu(self.fc1(self.norm2(x))))


def stack(dim, heads, depth):
    return nn.Sequential(*[Block(dim, heads) for _ in range(depth)], nn.LayerNorm(dim))


class Blocks(nn.Module):
    """Blocks between two linear layers; every token goes through all of it."""

    def __init__(self, patch, dim, heads, depth):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(patch, dim), stack(dim, heads, depth), nn.Linear(dim, patch))

    def forward(self, x):
        return ((self.layers(x) - x) ** 2).mean()


class Mae(nn.Module):
    """Every fourth token is visible; the loss is taken on the others."""

    def __init__(self, patch, tokens, dim, heads, depth, decoder):
        super().__init__()
        width, decoder_heads, decoder_depth = decoder
        self.embed, self.encoder = nn.Linear(patch, dim), stack(dim, heads, depth)
        self.to_decoder, self.decoder = nn.Linear(dim, width), stack(width, decoder_heads, decoder_depth)
        self.head = nn.Linear(width, patch)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.zeros(1, tokens, dim))
        self.decoder_positions = nn.Parameter(torch.zeros(1, tokens, width))
        self.register_buffer("visible", torch.arange(0, tokens, 4))
        self.register_buffer("hidden", torch.tensor([i for i in range(tokens) if i % 4]))

    def forward(self, x):
        tokens = self.embed(x[:, self.visible]) + self.positions[:, self.visible]
        full = self.token.expand(x.shape[0], x.shape[1], -1).clone()
        full[:, self.visible] = self.to_decoder(self.encoder(tokens))
        decoded = self.decoder(full + self.decoder_positions)[:, self.hidden]
        return ((self.head(decoded) - x[:, self.hidden]) ** 2).mean()


def unetr():
    from monai.networks.nets import UNETR

    return UNETR(1, 14, 96, feature_size=16)


def sliding_window():
    """MONAI's inference over the same volume, window and overlap, to labels, with its batch of one."""
    from monai.inferers import sliding_window_inference

    model, volume = unetr().eval(), torch.randn(1, 1, 160, 200, 200)

    def work():
        with torch.inference_mode():
            logits = sliding_window_inference(volume, (96, 96, 96), 1, model, overlap=0.25, mode="gaussian")
            return logits.argmax(1).numel()

    return work


def training(model, shape):
    """A step of a model whose output is its loss, on noise."""
    return training_step(model, model, torch.randn(shape))


def training_step(loss_of, model, x):
    model.to(DEVICE)
    x = x.to(DEVICE)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)

    def work():
        optimizer.zero_grad()
        with torch.autocast(DEVICE.split(":")[0], torch.bfloat16, enabled=LOW):
            loss = loss_of(x)
        loss.backward()
        optimizer.step()
        return loss.item()

    return work


def unetr_step():
    """MONAI's, with the mean squared error of its logits against noise."""
    model, target = unetr(), torch.randn(1, 14, 96, 96, 96, device=DEVICE)
    return training_step(lambda x: ((model(x) - target) ** 2).mean(), model, torch.randn(1, 1, 96, 96, 96))


CASES = {
    "blocks": lambda: training(Blocks(4096, 768, 12, 4), (2, 216, 4096)),
    "block-small": lambda: training(Blocks(64, 64, 4, 1), (2, 64, 64)),
    "mae": lambda: training(Mae(4096, 216, 768, 12, 12, (512, 8, 8)), (2, 216, 4096)),
    "simmim": lambda: training(Blocks(4096, 768, 12, 12), (2, 216, 4096)),
    "mae-small": lambda: training(Mae(512, 288, 192, 3, 6, (96, 3, 2)), (8, 288, 512)),
    "unetr": unetr_step,
    "sliding-window": sliding_window,
}


def skip(reason):
    print(json.dumps({"name": name, "skipped": reason}))
    sys.exit(0)


PRECISION = os.environ.get("VOXMIM_PRECISION")
LOW = PRECISION == "bf16"
DEVICE = os.environ.get("VOXMIM_DEVICE") or "cpu"
TENSOR_CORES = PRECISION == "tf32"
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = TENSOR_CORES
name, repeats = sys.argv[1], int(sys.argv[2])
if name not in CASES:
    skip("PyTorch has no such case here")
torch.manual_seed(0)
torch.set_num_threads(int(os.environ.get("VOXMIM_THREADS") or len(os.sched_getaffinity(0))))
try:
    work = CASES[name]()
except ImportError as error:
    skip(f"{sys.executable} has no MONAI that loads ({error}); PYTHONPATH may name its folder")
seconds, cpu_seconds = [], []
for index in range(3 + repeats):
    start, cpu = time.perf_counter(), time.process_time()
    result = work()
    if index >= 3:
        seconds.append(time.perf_counter() - start)
        cpu_seconds.append(time.process_time() - cpu)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
engine = "Python torch " + torch.__version__
small = torch.tensor([1.0, 2.0, 3.0, 4.0])
start = time.process_time()
for _ in range(2000):
    small * small
op_microseconds = (time.process_time() - start) / 2000 * 1e6
print(json.dumps({"name": name, "engine": engine, "device": DEVICE, "precision": PRECISION, "seconds": seconds, "cpuSeconds": cpu_seconds,
                  "peakMb": peak, "opMicroseconds": op_microseconds, "result": result}))
