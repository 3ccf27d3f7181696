"""Easy Diffusion: one PNG text per setting, or a JSON table in the UserComment of other files."""

from __future__ import annotations

import ntpath

import msgspec

from seedtui.core.foreign.translate import ForeignSettings
from seedtui.library.foreign.json_text import parse_object
from seedtui.library.foreign.table import said_of, spelled
from seedtui.library.foreign.texts import Texts

_OWN = {"usestablediffusionmodel", "stablediffusionmodel", "numinferencesteps"}


def read(found: Texts) -> ForeignSettings | None:
    """The settings in the texts of an Easy Diffusion image."""
    for settings in (found.texts, parse_object(found.texts.get("UserComment"))):
        names = {spelled(name) for name in settings}
        if names & _OWN and "prompt" in names and names & {"seed", "samplername", "sampler"}:
            said = said_of("Easy Diffusion", settings)
            model = said.model and ntpath.basename(said.model)
            return msgspec.structs.replace(said, model=model)
    return None
