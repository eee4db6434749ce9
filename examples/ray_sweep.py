"""A search over the line recipe with Ray Tune: a grid of sizes, dropouts and seeds, in which the worse half stops early.

    pip install ./crates/python "ray[tune]"
    python examples/ray_sweep.py wjazzd.sideman --sizes small base --dropouts 0.2 0.35 --seeds 1 2 --epochs 24

Without a corpus the built-in one is learned from. `ray.init` joins the cluster that `RAY_ADDRESS` names, or begins one on
this machine. Every trial learns with one thread, so that as many run side by side as there are cores.
"""

from __future__ import annotations

import argparse
import os

import ray
from ray import tune
from ray.tune.schedulers import ASHAScheduler

import sideman as sm


def trial(config: dict[str, object]) -> None:
    """Trains one player and reports its held-out loss after each epoch; Tune ends it where others are better."""
    corpus = sm.import_(config["corpus"], progress=False) if config["corpus"] else None

    def report(epoch: dict[str, object]) -> None:
        tune.report({"held_out": epoch["held_out"], "loss": epoch["loss"]})

    sm.train(
        corpus,
        recipe="line",
        size=config["size"],
        dropout=config["dropout"],
        seed=config["seed"],
        epochs=config["epochs"],
        threads=1,
        on_epoch=report,
        progress=False,
    )


def main() -> None:
    """Runs the grid and prints its trials, the best first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="?", help="a file or folder that every worker can read")
    parser.add_argument("--sizes", nargs="+", default=["small", "base"])
    parser.add_argument("--dropouts", nargs="+", type=float, default=[0.2, 0.35, 0.5])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--cpus", type=int, help="workers on this machine; without it one for each core")
    asked = parser.parse_args()

    ray.init(num_cpus=asked.cpus, include_dashboard=False, log_to_driver=False)
    tuner = tune.Tuner(
        tune.with_resources(trial, {"cpu": 1}),
        param_space={
            "corpus": os.path.abspath(asked.corpus) if asked.corpus else None,
            "size": tune.grid_search(asked.sizes),
            "dropout": tune.grid_search(asked.dropouts),
            "seed": tune.grid_search(asked.seeds),
            "epochs": asked.epochs,
        },
        tune_config=tune.TuneConfig(
            scheduler=ASHAScheduler(
                metric="held_out", mode="min", max_t=asked.epochs, grace_period=2, reduction_factor=2
            )
        ),
        run_config=tune.RunConfig(verbose=0),
    )
    results = tuner.fit()
    print(f"{'size':<8}{'dropout':>8}{'seed':>5}{'epochs':>8}{'held-out':>10}")
    done = [result for result in results if result.error is None and result.metrics]
    for result in sorted(done, key=lambda result: result.metrics["held_out"]):
        config, metrics = result.config, result.metrics
        epochs = metrics["training_iteration"]
        print(f"{config['size']:<8}{config['dropout']:>8}{config['seed']:>5}{epochs:>8}{metrics['held_out']:>10.3f}")
    for error in results.errors:
        print(f"failed: {error}")
    ray.shutdown()


if __name__ == "__main__":
    main()
