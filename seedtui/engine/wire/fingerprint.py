"""The fingerprint of a worker: a client only joins a worker that makes the same pixels as a new one would."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import seedtui
from seedtui import __version__

_MATTERS = (
    "ATEN_", "CUBLAS", "CUDA", "CUDNN", "DIFFUSERS_", "DNNL_", "GOMP_", "GPU_", "HF_", "HIP_", "HSA_", "HUGGINGFACE_",
    "KMP_", "LD_LIBRARY_PATH", "LD_PRELOAD", "MKL_", "NVIDIA_", "OMP_", "ONEAPI_", "OPENBLAS_", "PYTHONPATH",
    "PYTORCH_", "ROCR_", "SEEDTUI_LANE", "TORCH", "TRANSFORMERS_", "TRITON_", "XDG_CACHE_HOME", "XLA_", "ZE_",
)  # fmt: skip
"""Prefixes of the environment variables that decide a worker's device, libraries, threads and models."""


_PACKAGE = Path(seedtui.__file__).parent

_CODE = ("core", "files", "models", "library", "engine")
"""The subpackages that a worker runs."""


def fingerprint(environ: Mapping[str, str]) -> str:
    """Twelve hex digits that depend on the code, the interpreter, the host and the relevant variables in `environ`."""
    code = sorted((str(file), *_stat(file)) for part in _CODE for file in (_PACKAGE / part).rglob("*.py"))
    settings = sorted((name, value) for name, value in environ.items() if name.startswith(_MATTERS))
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    whole = (__version__, sys.executable, socket.gethostname(), code, settings, len(cores))
    return hashlib.sha256(repr(whole).encode()).hexdigest()[:12]


def stamp(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, sizes and modification times of a model's files. If they are unchanged, it need not be loaded again."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return tuple((str(file), *_stat(file)) for file in files if file.is_file())


def _stat(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns
