"""``seedtui script``: a plain Diffusers program that makes an image without seedtui."""

from __future__ import annotations

from pathlib import Path

from seedtui.cli import options as o
from seedtui.cli.declaration import command
from seedtui.cli.messages import print_json, say_lines, tell
from seedtui.cli.script.program import Source, program
from seedtui.core.errors import ModelError
from seedtui.core.recipes.recipe import Recipe
from seedtui.library.images.names import image_name
from seedtui.library.images.png import read_record
from seedtui.models.gguf_files import denoiser_of
from seedtui.models.preview_file import read_preview
from seedtui.models.resolve import ALIASES, find_model
from seedtui.models.weights import find_variant


@command
@o.image("A PNG file made by seedtui.")
@o.json
@o.recipe_options("model", of_image=True)
def script(image: Path, json: bool, changes: o.RecipeChanges) -> None:
    """Print a Diffusers program that makes an image again.

    The program does not need seedtui. It makes the image again, and checks that every pixel is the same.

    --model replaces the model that the image names.
    """
    record = read_record(image)
    source = find_source(changes.over(record.recipe))
    text = program(record, source, f"again_{image_name(record)}")
    if json:
        print_json({"path": str(image.absolute()), "model": source.name, "sha256": record.sha256, "program": text})
    else:
        say_lines(text)


def find_source(recipe: Recipe) -> Source:
    """What `from_pretrained` loads the model of `recipe` from. A model that is not here keeps its recorded name.

    Raises:
        ModelError: the model is not here, and the recipe has a GGUF file: its class is not known then.
    """
    try:
        model = find_model(recipe.model)
    except ModelError as error:
        if recipe.transformer:
            raise
        tell(f"{error.problem.message}; the program uses the name that the image records.")
        return Source(ALIASES.get(recipe.model, recipe.model))
    variant = find_variant(model.path, recipe.dtype == "float16")
    denoiser = denoiser_of(model.path) if recipe.transformer else None
    if denoiser and not all(map(str.isidentifier, denoiser)):
        raise ModelError(f"model {model.name} cannot be used with a GGUF file", "Give another with --model")
    preview = read_preview(model.path)
    if model.source == "hub":
        return Source(ALIASES.get(model.name, model.name), model.revision, variant, model.scheduler, denoiser, preview)
    return Source(str(model.path), None, variant, model.scheduler, denoiser, preview)
