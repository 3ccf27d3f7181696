"""``seedtui open``: starts the app from an image of seedtui or another program."""

from __future__ import annotations

from pathlib import Path

from seedtui.app.launch import Launch
from seedtui.cli import options as o
from seedtui.cli.declaration import command, option
from seedtui.cli.foreign_images import as_json
from seedtui.cli.launch import start
from seedtui.cli.load_config import load_config
from seedtui.cli.messages import print_json
from seedtui.cli.pool_options import PoolOptions, pool_options
from seedtui.library.library import Library
from seedtui.library.opening import open_image, place_of


@command
@o.image("A PNG, JPEG or WebP file.")
@option("--json", is_flag=True, help="Print what the image says as one JSON object, and quit.")
@o.recipe_options("model", "device", of_image=True)
@pool_options(mixed=False)
def open(image: Path, json: bool, changes: o.RecipeChanges, pool: PoolOptions) -> int:
    """Continue in the app from an image.

    An image made by seedtui opens in its session. From an image made by AUTOMATIC1111, Forge, SD.Next, ComfyUI,
    InvokeAI, NovelAI, SwarmUI, Fooocus, Easy Diffusion or Draw Things, seedtui reads the prompt, seed and settings,
    and makes four images, starting with that seed; of a variation, the image itself.

    --model and --device replace those of the image.
    """
    config = load_config()
    plan = pool.over(config.pool)
    opened = open_image(image, changes.over(config.recipe))
    if json:
        print_json(as_json(opened))
        return 0
    recipe = changes.over(opened.image.recipe)
    with Library.default() as library:
        place = place_of(library, opened)
    found = opened.image
    filled = Launch(recipe, config, filled_prompt=found.prompt, filled_seeds=found.seeds, pool=plan)
    if place is not None:
        return start(filled._replace(session=place.session))
    notices = (f"opened {image.name} ({found.program})", *found.notes)
    launch = filled._replace(notices=notices)
    return start(launch._replace(opened=found) if found.variations else launch._replace(prompt=found.prompt))
