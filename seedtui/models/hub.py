"""Downloads of models from the Hugging Face Hub: what one takes, told first, and then with progress.

Only what a pipeline needs: its settings and tokenizers, and its weights as safetensors, in one precision.
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
"""Suffixes of what is not weights: settings, vocabularies, merges, SentencePiece models, and chat templates."""

_INDEX = "model_index.json"
_HALF = ("fp16", "bf16")
_SPARE = 2**28
"""Bytes that stay free on the disk."""


class DownloadPlan(NamedTuple):
    """What is to be downloaded: the files of `hub_id` at `revision` that are not here, each with its bytes.

    `size` is what is still to come, `here` what the cache has already, both in bytes. `free` is the room on the
    disk. `half` says that the weights are in half precision.
    """

    hub_id: str
    revision: str
    files: tuple[tuple[str, int], ...]
    size: int
    here: int
    free: int
    half: bool


class DownloadProgress(NamedTuple):
    """`done` of `total` bytes are there, `seconds` after the download began; `file` comes in now."""

    done: int
    total: int
    seconds: float
    file: str

    @property
    def rate(self) -> float:
        """Bytes a second."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """None while it cannot be told."""
        return (self.total - self.done) / self.rate if self.rate and self.seconds > 0.5 else None


class Stopped(Exception):
    """The download was stopped; what is whole stays in the cache, and is not downloaded again."""


def plan_download(hub_id: str, half: bool) -> DownloadPlan:
    """Ask the Hub what `hub_id` takes; the fp16 weights where `half` is wanted and there.

    Raises:
        ModelError: there is no such model, or it is gated, or no text-to-image pipeline, or the Hub can't be reached.
    """
    with _plain_words(hub_id):
        hub = _hub()
        info = hub.HfApi(endpoint=hub.constants.ENDPOINT).model_info(hub_id, files_metadata=True, timeout=20)
        sizes = {file.rfilename: file.size or 0 for file in info.siblings or ()}
        if _INDEX not in sizes:
            raise ModelError(f"{hub_id} is no Diffusers pipeline: it has no {_INDEX}", "Choose another model")
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
    """Of a repository's files those that the pipeline needs, and whether the weights among them are the fp16 ones.

    Weights lie in the folders of parts; what lies beside the index are other forms of the same. They are chosen as
    they are when the folder is loaded, so that what was downloaded loads again, on any device. No weights are among
    the files if some part has none that can be read.
    """
    settings = [n for n in names if n.endswith(SETTINGS) and _depth(n) <= 1 and ".safetensors." not in n]
    choice = choose(_parts(names), half)
    weights = choice.files if choice else ()
    first = [n for n in settings if n == _INDEX]
    rest = sorted({*settings, *weights} - {_INDEX})
    # The index comes last: the model counts as being here only when all of it is.
    return (*rest, *first), choice is not None and choice.variant in _HALF


def _parts(names: Any) -> list[Part]:
    """The folders of a repository that have weights, or settings of a network and weights that are not safetensors."""
    folders: dict[str, list[str]] = {}
    for name in names:
        if _depth(name) == 1:
            folder, _, file = name.partition("/")
            folders.setdefault(folder, []).append(file)
    parts = [part_of(name, files) for name, files in sorted(folders.items())]
    return [part for part in parts if part.weights or (part.pickled and "config.json" in folders[part.name])]


def _without_weights(hub_id: str, parts: list[Part]) -> ModelError:
    bare = next((part for part in parts if not part.weights), None)
    if bare is not None:
        return no_safetensors(hub_id, bare.name, bare.pickled)
    return ModelError(f"{hub_id} has no safetensors", "Only those are loaded: other files may hold programs")


def download(plan: DownloadPlan, tell: Callable[[DownloadProgress], object], stopped: threading.Event) -> Path:
    """Download what `plan` names into the Hugging Face cache; the model's folder. Files that are there are kept.

    Raises:
        Stopped: `stopped` was set; noticed within a piece of a file.
        ModelError: it cannot be finished; what came stays.
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
            whole += size  # of a file whose bytes another one has, too, none come
            path = hub.hf_hub_download(plan.hub_id, name, revision=plan.revision, tqdm_class=_counter(name, count))
        _remember_main(Path(path).parent)
    return Path(path).parent


def _counter(name: str, count: Callable[[str, int], None]) -> type:
    from huggingface_hub.utils import tqdm

    class Counter(tqdm):
        """Draws nothing; tells how many bytes came."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.pop("name", None)
            super().__init__(*args, **{**kwargs, "disable": True})

        def update(self, n: float | None = 1) -> None:
            count(name, int(n or 0))

    return Counter


def _remember_main(snapshot: Path) -> None:
    """Let ``main`` mean `snapshot`: a download of a commit by its hash leaves no such note."""
    ref = snapshot.parent.parent / "refs" / "main"
    ref.parent.mkdir(exist_ok=True)
    ref.write_text(snapshot.name)


def _hub() -> Any:
    # Plain HTTP tells of each piece and can be stopped in any; Xet does neither.
    os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
    import huggingface_hub

    huggingface_hub.constants.HF_HUB_DISABLE_XET = True
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # its retries are no lines on our screen
    return huggingface_hub


def _free() -> int:
    from huggingface_hub import constants

    folder = Path(constants.HF_HUB_CACHE)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


@contextmanager
def _plain_words(hub_id: str) -> Iterator[None]:
    """What the Hub's client raises, as a `ModelError` that says what to do."""
    from huggingface_hub import constants, errors

    try:
        yield
    except (Stopped, ModelError):
        raise
    except errors.OfflineModeIsEnabled as error:
        raise ModelError("downloads are switched off", "Unset HF_HUB_OFFLINE to allow them") from error
    except errors.GatedRepoError as error:
        raise ModelError(
            f"{hub_id} is gated: its owners want you to agree to their terms",
            f"Do so at {constants.ENDPOINT}/{hub_id}, then log in with: hf auth login",
        ) from error
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as error:
        raise ModelError(
            f"the Hub has no model {hub_id}", "Look at the spelling; for a private one log in with: hf auth login"
        ) from error
    except errors.LocalEntryNotFoundError as error:  # what the client makes of a connection that is gone
        raise _unreachable() from error
    except errors.EntryNotFoundError as error:
        raise ModelError(f"{hub_id} has changed on the Hub meanwhile", "Try again") from error
    except errors.HfHubHTTPError as error:
        code = getattr(getattr(error, "response", None), "status_code", "")
        raise ModelError(f"the Hub answers with an error {code} for {hub_id}", "Try again later") from error
    except OSError as error:
        if error.errno == 28 or "No space left" in str(error):
            raise _disk_full(0, _free()) from error
        raise ModelError(f"{hub_id} cannot be downloaded: {one_line(error, 120)}", "Try again") from error
    except Exception as error:  # the client's transport raises its own kinds, by version: httpx, httpx2, requests
        if not re.search(r"connect|timeout|protocol|read|network|ssl", type(error).__name__, re.IGNORECASE):
            raise
        raise ModelError(
            f"the Hub ({constants.ENDPOINT}) cannot be reached", "Is there a network? Try again"
        ) from error


def _unreachable() -> ModelError:
    from huggingface_hub import constants

    return ModelError(f"the Hub cannot be reached at {constants.ENDPOINT}", "Look at the network, and try again")


def _disk_full(size: int, free: int) -> ModelError:
    needs = f"it takes {size_in_words(size)}, and " if size else ""
    return ModelError(
        f"the disk is too full: {needs}{size_in_words(free)} are free in {_cache()}",
        "Make room, or let HF_HOME name another disk",
    )


def _cache() -> str:
    from huggingface_hub import constants

    return str(constants.HF_HUB_CACHE)


def _depth(name: str) -> int:
    return name.count("/")
