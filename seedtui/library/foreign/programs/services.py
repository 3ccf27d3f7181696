"""JSON tables of online services and smaller programs, each under its own keyword or `parameters`."""

from __future__ import annotations

from seedtui.core.foreign.translate import ForeignSettings
from seedtui.library.foreign.json_text import parse_object
from seedtui.library.foreign.table import said_of, spelled
from seedtui.library.foreign.texts import Texts

_KEYWORDS = {
    "generation_data": "Tensor.Art",
    "parameters-json": "Stability Matrix",
    "extraMetadata": "Civitai",
    "parameters": "another program",
    "UserComment": "another program",
    "Comment": "another program",
    "metadata": "another program",
    "generation_params": "another program",
}


def read(found: Texts) -> ForeignSettings | None:
    """The settings in a table with at least a prompt and one setting."""
    for keyword, program in _KEYWORDS.items():
        settings = parse_object(found.texts.get(keyword))
        names = {spelled(name): name for name in settings}
        prompt = next((names[n] for n in ("prompt", "positiveprompt") if n in names), None)
        decides = names.keys() & {"seed", "steps", "numinferencesteps", "cfgscale", "guidancescale", "sampler"}
        if prompt and decides and isinstance(settings[prompt], str):
            return said_of(program, settings)
    return None
