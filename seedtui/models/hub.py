"""Downloads models from the Hugging Face Hub: first the size, then the files, with progress.

Only what a pipeline needs: settings, tokenizers, and weights as safetensors in one precision.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from seedtui.core.errors import ModelError, one_line
from seedtui.core.text.formatting import size_in_words
from seedtui.models.completeness import no_safetensors
from seedtui.models.weights import Part, choose, part_of

SETTINGS = (".json", ".txt", ".model", ".jinja", ".tiktoken")
"""Suffixes of files other than weights: settings, vocabularies, merges, SentencePiece models, and chat templates."""

_INDEX = "model_index.json"
_HALF = ("fp16", "bf16")
_SPARE = 2**28
"""Number of bytes to leave free on the disk."""


class DownloadPlan(NamedTuple):
    """What to download: the missing files of `hub_id` at `revision`, each with its size in bytes.

    `size` is the total to download, `here` what the cache already has, `free` the space on the disk, all in bytes.
    `half`: the weights are in half precision.
    """

    hub_id: str
    revision: str
    files: tuple[tuple[str, int], ...]
    size: int
    here: int
    free: int
    half: bool


class DownloadProgress(NamedTuple):
    """`done` of `total` bytes have arrived, `seconds` after the download began; `file` is the current one."""

    done: int
    total: int
    seconds: float
    file: str

    @property
    def rate(self) -> float:
        """Bytes per second."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """None while it cannot be estimated."""
        return (self.total - self.done) / self.rate if self.rate and self.seconds > 0.5 else None


class Stopped(Exception):
    """The download was stopped. Complete files stay in the cache and are not downloaded again."""


def plan_download(hub_id: str, half: bool) -> DownloadPlan:
    """Ask the Hub what a download of `hub_id` takes. With `half`, plan for the fp16 weights if there are any.

    Raises:
        ModelError: there is no such model, it is gated or not a Diffusers pipeline, the disk is too full, or the Hub
            cannot be reached.
    """
    with _plain_words(hub_id):
        hub = _hub()
        info = hub.HfApi(endpoint=hub.constants.ENDPOINT).model_info(hub_id, files_metadata=True, timeout=20)
        sizes = {file.rfilename: file.size or 0 for file in info.siblings or ()}
        if _INDEX not in sizes:
            raise ModelError(f"{hub_id} is not a Diffusers pipeline: it has no {_INDEX}", "Choose another model")
        chosen, is_half = choose_files(sizes, half)
        if not any(name.endswith(".safetensors") for name in chosen):
            raise _without_weights(hub_id, _parts(sizes))
        cached = {n for n in chosen if isinstance(hub.try_to_load_from_cache(hub_id, n, revision=info.sha), str)}
        files = tuple((name, sizes[name]) for name in chosen if name not in cached or name == _INDEX)
        size = sum(size for name, size in files if name not in cached)
        here = sum(sizes[name] for name in cached)
        plan = DownloadPlan(hub_id, info.sha or "main", files, size, here, _free(), is_half)
    if plan.size + _SPARE > plan.free:
        raise _disk_full(plan.size, plan.free)
    return plan


def choose_files(names: Any, half: bool) -> tuple[tuple[str, ...], bool]:
    """The files of a repository that the pipeline needs, and whether their weights are in half precision.

    Weights are in the components' folders; any next to the index are other forms of the same. They are chosen as for
    loading, so that what was downloaded can be loaded, on any device. If a component has no readable weights, the
    result has no weights at all.
    """
    settings = [n for n in names if n.endswith(SETTINGS) and _depth(n) <= 1 and ".safetensors." not in n]
    choice = choose(_parts(names), half)
    weights = choice.files if choice else ()
    first = [n for n in settings if n == _INDEX]
    rest = sorted({*settings, *weights} - {_INDEX})
    # The index comes last, so that the model only counts as present when it is complete.
    return (*rest, *first), choice is not None and choice.variant in _HALF


def _parts(names: Any) -> list[Part]:
    """The folders of a repository with weights: safetensors, or other formats together with a network's settings."""
    folders: dict[str, list[str]] = {}
    for name in names:
        if _depth(name) == 1:
            folder, _, file = name.partition("/")
            folders.setdefault(folder, []).append(file)
    parts = [part_of(name, files) for name, files in sorted(folders.items())]
    return [part for part in parts if part.weights or (part.pickled and "config.json" in folders[part.name])]


def _without_weights(hub_id: str, parts: list[Part]) -> ModelError:
    empty = next((part for part in parts if not part.weights), None)
    if empty is not None:
        return no_safetensors(hub_id, empty.name, empty.pickled)
    return ModelError(f"{hub_id} has no safetensors", "Other formats may contain code")


def download(plan: DownloadPlan, tell: Callable[[DownloadProgress], object], stopped: threading.Event) -> Path:
    """Download the files of `plan` into the Hugging Face cache and return the model's folder. Keeps existing files.

    Raises:
        Stopped: `stopped` was set; checked after each chunk of a file.
        ModelError: the download failed; what has arrived is kept.
    """
    began, done = time.monotonic(), 0
    total = plan.size

    def count(name: str, amount: int) -> None:
        nonlocal done
        done += amount
        if stopped.is_set():
            raise Stopped
        tell(DownloadProgress(min(done, total), total, time.monotonic() - began, name))

    with _plain_words(plan.hub_id):
        hub, path = _hub(), ""
        whole = 0
        for name, size in plan.files:
            done = whole
            count(name, 0)
            whole += size  # no bytes arrive for a file with the same content as another one
            path = hub.hf_hub_download(plan.hub_id, name, revision=plan.revision, tqdm_class=_counter(name, count))
        _remember_main(Path(path).parent)
    return Path(path).parent


def _counter(name: str, count: Callable[[str, int], None]) -> type:
    from huggingface_hub.utils import tqdm  # type: ignore[attr-defined]

    class Counter(tqdm):
        """Draws nothing; reports the number of bytes that arrived."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.pop("name", None)
            super().__init__(*args, **{**kwargs, "disable": True})  # type: ignore[no-untyped-call]

        def update(self, n: float | None = 1) -> None:
            count(name, int(n or 0))

    return Counter


def _remember_main(snapshot: Path) -> None:
    """Point ``main`` to `snapshot`, which a download of a commit by its hash does not do."""
    ref = snapshot.parent.parent / "refs" / "main"
    ref.parent.mkdir(exist_ok=True)
    ref.write_text(snapshot.name)


def _hub() -> Any:
    # Plain HTTP reports every chunk and can be stopped after any; Xet does neither.
    os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
    import huggingface_hub

    huggingface_hub.constants.HF_HUB_DISABLE_XET = True
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # keep its retries off our screen
    return huggingface_hub


def _free() -> int:
    from huggingface_hub import constants

    folder = Path(constants.HF_HUB_CACHE)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


@contextmanager
def _plain_words(hub_id: str) -> Iterator[None]:
    """Turn errors of the Hub's client into a `ModelError` that says what to do."""
    from huggingface_hub import constants, errors

    try:
        yield
    except (Stopped, ModelError):
        raise
    except errors.OfflineModeIsEnabled as error:
        raise ModelError("downloads are switched off", "Unset HF_HUB_OFFLINE to allow them") from error
    except errors.GatedRepoError as error:
        raise ModelError(
            f"{hub_id} is gated: you must accept its terms first",
            f"Accept them at {constants.ENDPOINT}/{hub_id}, then log in with: hf auth login",
        ) from error
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as error:
        raise ModelError(
            f"the Hub has no model {hub_id}", "Check the spelling; for a private model, log in with: hf auth login"
        ) from error
    except errors.LocalEntryNotFoundError as error:  # what the client raises for a lost connection
        raise _unreachable() from error
    except errors.EntryNotFoundError as error:
        raise ModelError(f"{hub_id} changed on the Hub during the download", "Try again") from error
    except errors.HfHubHTTPError as error:
        code = getattr(getattr(error, "response", None), "status_code", "")
        raise ModelError(f"the Hub returned error {code} for {hub_id}", "Try again later") from error
    except OSError as error:
        if error.errno == 28 or "No space left" in str(error):
            raise _disk_full(0, _free()) from error
        raise ModelError(f"cannot download {hub_id}: {one_line(error, 120)}", "Try again") from error
    except Exception as error:  # the transport's own exceptions, which depend on the version: httpx, httpx2, requests
        if not re.search(r"connect|timeout|protocol|read|network|ssl", type(error).__name__, re.IGNORECASE):
            raise
        raise _unreachable() from error


def _unreachable() -> ModelError:
    from huggingface_hub import constants

    return ModelError(f"cannot reach the Hub at {constants.ENDPOINT}", "Check the network and try again")


def _disk_full(size: int, free: int) -> ModelError:
    needs = f"{size_in_words(size)} needed, " if size else ""
    return ModelError(
        f"the disk is too full: {needs}{size_in_words(free)} free in {_cache()}",
        "Free some space, or set HF_HOME to a folder on another disk",
    )


def _cache() -> str:
    from huggingface_hub import constants

    return str(constants.HF_HUB_CACHE)


def _depth(name: str) -> int:
    return name.count("/")
