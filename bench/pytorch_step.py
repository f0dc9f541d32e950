#!/usr/bin/env python3
"""Times the training step of a model of models/ in PyTorch: the peer of `NAME bench`.

usage: pytorch_step.py mnist_mlp|mnist_convnet [--threads T] [--batch N] [--compile]

Prints one JSON object: median seconds of a training step (forward, backward, Adam) and of an
inference step. Needs torch, from PyPI; says so and exits with status 3 where it is missing.
"""
import argparse
import json
import statistics
import sys
import time

try:
    import torch
    from torch import nn
except ImportError:
    print("pytorch_step: torch is not installed (pip install torch)", file=sys.stderr)
    sys.exit(3)


def mnist_mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


def mnist_convnet():
    return nn.Sequential(
        nn.Conv2d(1, 32, 5), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(1600, 100), nn.BatchNorm1d(100), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(100, 10))


def median_seconds(step, seconds=3.0):
    for _ in range(5):
        step()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 10:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=["mnist_mlp", "mnist_convnet"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--compile", action="store_true", help="torch.compile() the model")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    model = globals()[options.model]()
    run = torch.compile(model) if options.compile else model
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, foreach=True)
    image = torch.rand(options.batch, 1, 28, 28)
    label = torch.randint(0, 10, (options.batch,))

    def train():
        optimizer.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(run(image), label).backward()
        optimizer.step()

    def infer():
        with torch.no_grad():
            run(image)

    model.train()
    train_step = median_seconds(train)
    model.eval()
    print(json.dumps({"model": options.model, "torch": torch.__version__, "batch": options.batch,
                      "threads": options.threads, "compiled": options.compile,
                      "train_step": train_step, "infer_step": median_seconds(infer)}))


if __name__ == "__main__":
    main()
