"""`python -m seedtui.starter.recipe`: from public emoji art to the finished weights, with one command per stage."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seedtui.starter import WEIGHTS
from seedtui.starter.recipe.art.subjects import SUBJECTS
from seedtui.starter.recipe.files import Work

if TYPE_CHECKING:
    from seedtui.starter.recipe.pictures.compose import Composer

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)

WorkOption = Annotated[Path, typer.Option("--work", help="Folder for working files and checkpoints.")]
DeviceOption = Annotated[str, typer.Option("--device", help="cpu or cuda.")]
FolderOption = Annotated[Path, typer.Option("--folder", help="Folder with the weights.")]
MinutesOption = Annotated[float, typer.Option("--minutes", help="Training time, including earlier runs.")]
StepsOption = Annotated[int | None, typer.Option("--steps", help="Denoising steps; default: the model's own.")]
SeedOption = Annotated[int, typer.Option("--seed")]
_WORK = Path("starter-work")


@app.command()
def data(
    work: WorkOption = _WORK,
    packages: Annotated[Path | None, typer.Option(help="A node_modules folder with the emoji packages.")] = None,
) -> None:
    """Rasterise the subjects and draw them in every look."""
    import numpy as np

    from seedtui.starter.recipe.art.looks import build_looks
    from seedtui.starter.recipe.art.packages import fetch_packages
    from seedtui.starter.recipe.art.sprites import build_sprites

    sprites = build_sprites(packages or fetch_packages(work))
    sprites.save(Work(work).sprites)
    np.save(Work(work).looks, build_looks(sprites))
    print(f"{len(sprites.names)} subjects in {work}")


@app.command()
def vae(
    work: WorkOption = _WORK,
    minutes: MinutesOption = 20.0,
    rate: float = 2e-3,
    batch: int = 32,
    decoder_only: Annotated[bool, typer.Option(help="Train only the decoder, which keeps the latents.")] = False,
    device: DeviceOption = "cpu",
    seed: SeedOption = 0,
) -> None:
    """Train the autoencoder."""
    from seedtui.starter.recipe.networks.vae import VaeSettings, train_vae

    settings = VaeSettings(minutes=minutes, rate=rate, batch=batch, decoder_only=decoder_only, device=device, seed=seed)
    train_vae(_composer(work, device), Work(work).vae, settings)


@app.command()
def unet(
    work: WorkOption = _WORK,
    minutes: MinutesOption = 90.0,
    rate: float = 1e-3,
    batch: int = 64,
    guided: Annotated[float, typer.Option(help="Guidance at which the final model is exact.")] = 5.0,
    pool: Annotated[int, typer.Option(help="Maximum number of encoded pictures; starts at 40 batches.")] = 20_000,
    renewed: Annotated[int, typer.Option(help="Pictures in the pool to replace per step.")] = 8,
    feeders: Annotated[int, typer.Option(help="Processes that write captions in advance.")] = 0,
    resume_from: Annotated[Path | None, typer.Option(help="Exported weights, exact at --guided.")] = None,
    device: DeviceOption = "cpu",
    seed: SeedOption = 0,
) -> None:
    """Train the UNet and the text encoder, or resume their training."""
    from seedtui.starter.recipe.networks.latents import Pool, tales
    from seedtui.starter.recipe.networks.text_encoder import tokenizer_in
    from seedtui.starter.recipe.networks.unet import UnetSettings, exported_denoiser, train_unet
    from seedtui.starter.recipe.networks.vae import finished_vae
    from seedtui.starter.recipe.training.loop import placed

    words = tokenizer_in(Work(work).tokenizer, resume_from / "tokenizer" if resume_from else None)
    told = tales(words, len(SUBJECTS), seed=seed, processes=feeders)
    next(told)  # fork the feeders before a GPU is used
    codec = placed(finished_vae(Work(work).vae, WEIGHTS), device).requires_grad_(False)
    kept = Pool(_composer(work, device), codec, told, pool)
    kept.fill(min(pool, 40 * batch))
    settings = UnetSettings(minutes, rate, batch, guided, resume_from is not None, renewed, device, seed)
    model = exported_denoiser(resume_from, words) if resume_from else None
    train_unet(kept, words, Work(work).unet, settings, model=model)


@app.command()
def export(
    work: WorkOption = _WORK,
    folder: FolderOption = WEIGHTS,
    subjects: Annotated[int, typer.Option(help="Number of subjects it has been taught.")] = len(SUBJECTS),
) -> None:
    """Write the folder that is shipped."""
    import numpy as np

    from seedtui.starter.recipe.export import export as write
    from seedtui.starter.recipe.networks.text_encoder import tokenizer_in
    from seedtui.starter.recipe.networks.unet import load_denoiser
    from seedtui.starter.recipe.networks.vae import finished_vae
    from seedtui.starter.recipe.pictures.scenes import draw_scenes

    words = tokenizer_in(Work(work).tokenizer)
    pictures = _composer(work).compose(draw_scenes(np.random.default_rng(1), 256))
    codec = finished_vae(Work(work).vae, WEIGHTS)
    write(codec, load_denoiser(Work(work).unet, words), words, pictures, folder, subjects)
    print(folder)


@app.command()
def evaluate(
    work: WorkOption = _WORK,
    folder: FolderOption = WEIGHTS,
    pictures: Annotated[int, typer.Option(help="Number of pictures to generate and classify.")] = 1000,
    steps: StepsOption = None,
    judge_minutes: Annotated[float, typer.Option(help="For the classifier, including earlier runs.")] = 9.0,
    device: DeviceOption = "cpu",
    seed: SeedOption = 0,
) -> None:
    """Evaluate the weights: prints a table, and writes it as JSON to the working folder."""
    import json

    from rich.console import Console

    from seedtui.starter.recipe.evaluation.evaluate import evaluate as judged
    from seedtui.starter.recipe.evaluation.sampling import load_pipeline
    from seedtui.starter.recipe.networks.classifier import ClassifierSettings, train_classifier

    composer = _composer(work)
    own = json.loads((folder / "seedtui.json").read_text())
    taught, steps = len(own["subjects"]), steps or own["steps"]
    settings = ClassifierSettings(minutes=judge_minutes, subjects=taught)
    judge = train_classifier(composer, Work(work).classifier, settings)
    pipeline = load_pipeline(folder, device)
    figures = judged(pipeline, judge, composer, pictures=pictures, steps=steps, subjects=taught, seed=seed)
    Work(work).figures.write_text(json.dumps(figures.as_json(), indent=1) + "\n")
    Console().print(figures.table(), figures.weak)


@app.command()
def contact_sheet(
    folder: FolderOption = WEIGHTS,
    out: Annotated[Path, typer.Option(help="The picture; the guide's example goes next to it.")] = Path("sheet.webp"),
    count: Annotated[int, typer.Option(help="Number of subjects.")] = 24,
    steps: StepsOption = None,
    seed: SeedOption = 1,
) -> None:
    """Draw subjects by styles, and the guide's example by seeds and suffixes."""
    import json

    from seedtui.starter.recipe.evaluation.contact_sheet import guide, spread, subjects_by_styles
    from seedtui.starter.recipe.evaluation.sampling import load_pipeline

    steps = steps or json.loads((folder / "seedtui.json").read_text())["steps"]
    pipeline = load_pipeline(folder)
    subjects_by_styles(pipeline, spread(count), out, steps=steps, seed=seed)
    guide(pipeline, out.with_stem(out.stem + "-guide"), steps=steps)


def _composer(work: Path, device: str = "cpu") -> "Composer":
    import numpy as np

    from seedtui.starter.recipe.pictures.compose import Composer

    return Composer(np.load(Work(work).looks), device)


if __name__ == "__main__":
    app()
