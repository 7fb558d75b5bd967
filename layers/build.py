"""Builds what Lambda runs, without Docker: the two layers from their lock files, and the package of our own code.

    python -m layers.build --architecture arm64 --output build

It writes ``build/functions.zip`` and ``build/layers/<name>.zip``, which template.yaml names, each beside the folder
that it was made of. Same lock files and same code in, same bytes out, so that a deployment uploads only what changed.
"""

# ruff: noqa: T201 # a command speaks by printing

import argparse
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

from layers.prune import KEPT, PRUNE

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("common", "pandas")
PYTHON_VERSION = "3.13"
# Amazon Linux 2023 has glibc 2.34, so a wheel for 2.28 runs there: docs.aws.amazon.com/lambda, "Lambda runtimes".
PLATFORMS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}
LIMIT_BYTES = 262_144_000
"""Unzipped, function and layers together: docs.aws.amazon.com/lambda, "Lambda quotas"."""
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def build_layer(name: str, architecture: str, output: Path) -> Path:
    """Installs the layer's lock file for that processor, prunes it, and returns its folder."""
    folder = output / "layers" / name
    shutil.rmtree(folder, ignore_errors=True)
    install(ROOT / "layers" / f"{name}.lock", folder / "python", architecture)
    prune(folder / "python", PRUNE[name])
    return folder


def install(lock: Path, target: Path, architecture: str) -> None:
    """Installs exactly what the lock file names, as wheels for Lambda's Python and that processor.

    Raises:
        CalledProcessError: uv could not; it has said why on standard error.
    """
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv) if uv.exists() else "uv", "pip", "install", "--quiet", "--target", str(target)]
    command += ["--python-version", PYTHON_VERSION, "--python-platform", PLATFORMS[architecture]]
    command += ["--only-binary", ":all:", "--require-hashes", "--no-deps", "--link-mode", "copy"]
    subprocess.run([*command, "--requirement", str(lock)], check=True)  # noqa: S603 # our own words


def prune(folder: Path, patterns: Iterable[str]) -> None:
    """Removes what the patterns name, but for what is kept."""
    for pattern in patterns:
        for path in list(folder.glob(pattern)):
            if path.relative_to(folder).as_posix() in KEPT:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def build_functions(output: Path) -> Path:
    """Copies our own code, which all functions share, and returns its folder."""
    folder = output / "functions"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "functions", folder / "stockflow_functions", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def make_zip(folder: Path) -> Path:
    """Zips the folder beside itself: sorted, without times, so that the same content gives the same bytes."""
    target = folder.with_suffix(".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), ZIP_EPOCH)
            entry.external_attr = (0o755 if path.suffix == ".so" else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return target


def size_bytes(folder: Path) -> int:
    """The folder's files together, as Lambda counts them."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def build(architecture: str, output: Path) -> list[Path]:
    """All folders: our own code, then the layers in order."""
    return [build_functions(output), *(build_layer(name, architecture, output) for name in LAYERS)]


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--architecture", choices=PLATFORMS, default="arm64")
    parser.add_argument("--output", type=Path, default=ROOT / "build")
    options = parser.parse_args()
    try:
        folders = build(options.architecture, options.output)
    except subprocess.CalledProcessError:
        print("The layers could not be installed: uv says above why.", file=sys.stderr)
        return 1
    for folder in folders:
        zipped = make_zip(folder).stat().st_size
        print(f"{folder.name:10} {size_bytes(folder) / 1e6:6.1f} MB, zipped {zipped / 1e6:5.1f} MB")
    total = sum(map(size_bytes, folders))
    print(f"{'together':10} {total / 1e6:6.1f} MB of Lambda's {LIMIT_BYTES / 1e6:.0f} MB ({options.architecture})")
    return 0 if total <= LIMIT_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
