"""``seedtui models``: lists the models on this machine, and downloads others."""

from __future__ import annotations

from pathlib import Path

from seedtui.cli import options as o
from seedtui.cli.declaration import command, option
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import print_json
from seedtui.core.text.formatting import size_in_words
from seedtui.models.installed import bytes_of, models_here
from seedtui.models.resolve import Model, NotHere, find_model


@command
@option("--download", metavar="NAME", help="Download a model from the Hub (shows the size first).")
@option("--yes", is_flag=True, help="With --download: do not ask.")
@option("--fp16", "half", is_flag=True, help="With --download: the half-precision weights.")
@o.json
def models(download: str | None, yes: bool, half: bool, json: bool) -> None:
    """List the models on this machine, or download one.

    Lists the starter, the models in the Hugging Face cache, and those in model_folders of the settings.
    """
    if download is not None:
        found = [_downloaded(download, yes, half)]
    else:
        found = list(models_here(Path(f).expanduser() for f in load_config().model_folders))
    if not json:
        _print_table([(model, bytes_of(model)) for model in found])
        return
    for model in found:
        print_json(
            {
                "name": model.name,
                "pipeline": model.pipeline,
                "source": model.source,
                "path": str(model.path),
                "revision": model.revision,
                "multiple": model.multiple,
                "bytes": bytes_of(model),
            }
        )


def _downloaded(name: str, yes: bool, half: bool) -> Model:
    try:
        return find_model(name)
    except NotHere as missing:
        from seedtui.cli.download import fetch

        fetch(missing, yes, half)
        return find_model(name)


def _print_table(found: list[tuple[Model, int]]) -> None:
    from seedtui.core.text.console import cell, console, table

    rows = table("model", "pipeline", "source", "size", "path")
    for model, size in found:
        words = (model.name, model.pipeline, model.source, size_in_words(size), str(model.path))
        rows.add_row(*(cell(word) for word in words))
    console().print(rows)
