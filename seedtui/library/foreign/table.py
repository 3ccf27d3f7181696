"""Maps settings by name: most programs write the same ones, each with its own spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from seedtui.core.foreign.translate import ForeignSettings, aspect

_NAMES = {
    "prompt": ("prompt", "positiveprompt", "positive", "fullprompt", "c"),
    "negative": ("negativeprompt", "negative", "uc"),
    "seed": ("seed", "noiseseed"),
    "variation_seed": ("variationseed",),
    "variation_strength": ("variationseedstrength", "variationstrength"),
    "steps": ("steps", "numinferencesteps"),
    "guidance": ("cfgscale", "cfg", "guidancescale", "scale"),
    "distilled": ("distilledcfgscale", "fluxguidancescale", "distilledguidance"),
    "width": ("width", "imagewidth"),
    "height": ("height", "imageheight"),
    "size": ("size", "resolution"),
    "sampler": ("sampler", "samplername"),
    "schedule": ("scheduletype", "scheduler", "noiseschedule"),
    "model": (
        "model", "modelname", "basemodel", "basemodelname", "usestablediffusionmodel", "stablediffusionmodel",
        "modelweights", "modelhash",
    ),
    "strength": ("strength", "denoisingstrength", "promptstrength", "denoise", "initimagecreativity"),
}  # fmt: skip
"""The spellings of each setting, in lower case and reduced to letters and digits."""

_SILENT = frozenset(
    {
        "version", "app", "appversion", "appid", "software", "program", "generator", "swarmversion",
        "metadatascheme", "fooocusscheme", "createdby", "user", "modelhash", "basemodelhash", "refinerhash",
        "refinermodelhash", "vaehash", "hash", "hashes", "tihashes", "date", "createddate", "createdat",
        "generationtime", "generationmode", "id", "name", "originalprompt", "originalnegativeprompt", "rawprompt",
        "rawnegativeprompt", "fullprompt", "fullnegativeprompt", "prompts", "template", "negativetemplate",
        "parser", "pipeline", "operations", "backend", "batchsize", "batchpos", "batchcount", "nsamples",
        "numoutputs", "imageformat", "outputformat", "outputquality", "outputlossless", "nopreviews",
        "wildcardseed", "usedwildcards", "aspectratio", "cropw", "croph", "randdevice", "originalwidth",
        "originalheight", "canvasv2metadata", "signedhash", "requesttype", "paramsversion", "type", "seedmode",
        "stylepreset", "streamprogressupdates", "streamimageprogress", "saveto", "sessionid", "legacyv3extend",
    }
)  # fmt: skip
"""Names that do not affect pixels, or are reported in another way."""

_NOTHING = ("", "none", "false", "off", "disabled", "null", "[]", "{}", "automatic", "0", "0.0", "default")


def spelled(name: str) -> str:
    """The name of a setting in a common spelling: ``CFG scale`` and ``cfg_scale`` become ``cfgscale``."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def said_of(
    program: str, settings: Mapping[str, Any], *, also: Mapping[str, str] | None = None, untaken: Iterable[str] = ()
) -> ForeignSettings:
    """The settings of an image from the table `settings`.

    `also` maps additional spellings, which have precedence, to a setting in `_NAMES`. Everything else in the table that
    is not off is added to `untaken`.
    """
    values: dict[str, Any] = {}
    names: dict[str, str] = {}
    for name, value in settings.items():
        values.setdefault(spelled(name), value)
        names.setdefault(spelled(name), name)
    found: dict[str, Any] = {}
    for setting, spellings in _NAMES.items():
        own = tuple(spelling for spelling, of in (also or {}).items() if of == setting)
        common = tuple(s for s in spellings if s not in (also or {}))
        here = [s for s in (*own, *common) if values.get(s) not in (None, "")]
        if here:
            found[setting] = values.pop(here[0])
    width, height = found.get("width"), found.get("height")
    if (width is None or height is None) and "size" in found:
        width, height = size_of(found["size"])
    if str(found.get("sampler")).lower() in _NOTHING:
        found["sampler"] = None
    rest = (aspect(names[s], words(v)) for s, v in values.items() if s not in _SILENT and not is_nothing(v, s))
    return ForeignSettings(
        program=program,
        prompt=found.get("prompt"),
        negative=found.get("negative"),
        seed=found.get("seed"),
        variation_seed=found.get("variation_seed"),
        variation_strength=found.get("variation_strength"),
        steps=found.get("steps"),
        guidance=found.get("guidance"),
        distilled=found.get("distilled"),
        width=width,
        height=height,
        sampler=found.get("sampler"),
        schedule=found.get("schedule"),
        model=name_of(found.get("model")),
        strength=strength_of(found.get("strength")),
        untaken=(*untaken, *rest),
    )


def size_of(value: object) -> tuple[int | None, int | None]:
    """Width and height from ``512x768``, ``(1152, 896)`` or ``832 x 1216 (portrait)``."""
    match = re.search(r"(\d{1,6})\W{0,3}[x×*,]\W{0,3}(\d{1,6})", str(value)[:60])
    return (int(match[1]), int(match[2])) if match else (None, None)


def strength_of(value: object) -> str | None:
    """The denoising strength, None if it is 1 or missing."""
    try:
        return None if value is None or float(str(value)[:20]) >= 1 else words(value)
    except ValueError:
        return None


def name_of(value: object) -> str | None:
    """The name of a model, a LoRA or the like, from a string or a table that contains it."""
    if isinstance(value, dict):
        table = {spelled(str(name)): item for name, item in value.items()}
        models = [name for name in table if name.endswith("model")]
        wanted = ("name", "modelname", "modelfilename", "lora", *models, "file", "key", "path")
        return next((found for name in wanted if (found := name_of(table.get(name)))), None)
    return value if isinstance(value, str) and value.strip() else None


def words(value: object) -> str:
    """`value` in a few words: names for a table or a list of tables."""
    if isinstance(value, dict):
        weights = (value.get(name) for name in ("weight", "strength", "scale"))
        weight = next((w for w in weights if isinstance(w, int | float)), None)
        name = name_of(value) or " ".join(str(key) for key in list(value)[:4])
        return name if weight is None else f"{name} {weight}"
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, (words(item) for item in value[:6])))
    return str(value)[:300] if isinstance(value, str | int | float) and abs(_number(value)) < 1e300 else ""


def is_nothing(value: object, name: str = "") -> bool:
    """Whether a setting with that value is off, or has its usual value."""
    if name == "clipskip" and str(value) in ("1", "1.0", "-1"):
        return True
    if isinstance(value, list | tuple | dict):
        return not value
    return value is None or value is False or str(value)[:20].strip().lower() in _NOTHING


def _number(value: str | int | float) -> int | float:
    return 0 if isinstance(value, str) else value
