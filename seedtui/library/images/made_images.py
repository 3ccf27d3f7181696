"""The images of a folder that need not be made again."""

from __future__ import annotations

from pathlib import Path

from seedtui.core.images.environment import Environment, differences
from seedtui.core.images.made import Here, Identity, environment_of, identities, identity_of
from seedtui.core.images.record import ImageRecord
from seedtui.core.recipes.recipe import Recipe
from seedtui.core.rounds.rounds import Round
from seedtui.library.images.folder import records_in


class MadeImages:
    """Where images are, by what decides them. `elsewhere` says how the environment of unusable ones differs.

    With `any_slot`, it does not matter where in its call an image was made: on a CPU with many threads, low bits may
    depend on it. With `anywhere`, those of other environments are taken too: their low bits may differ.
    """

    def __init__(self, *, any_slot: bool = False, anywhere: bool = False) -> None:
        self._any_slot, self._anywhere = any_slot, anywhere
        self._files: dict[Identity, dict[Environment, Path]] = {}
        self._recipes: dict[Recipe, Recipe] = {}
        self._environments: dict[Environment, Environment] = {}
        self.elsewhere: tuple[str, ...] = ()

    @classmethod
    def of_folder(cls, folder: Path, *, any_slot: bool = False, anywhere: bool = False) -> MadeImages:
        """Those in `folder`, which are not decoded.

        Raises:
            FileError: it cannot be listed.
        """
        made = cls(any_slot=any_slot, anywhere=anywhere)
        for path, record in records_in(folder):
            made.add(path, record)
        return made

    def add(self, path: Path, record: ImageRecord) -> None:
        """The image of `record` is in the file `path`; of two equal ones, the first counts."""
        identity = identity_of(record)
        if identity is None:
            return
        recipe = self._recipes.setdefault(identity.recipe, identity.recipe)  # thousands share one
        environment = self._environments.setdefault(record.environment, record.environment)
        self._files.setdefault(self._key(identity._replace(recipe=recipe)), {}).setdefault(environment, path)

    def of(self, part: Round, here: Here) -> dict[int, Path]:
        """The files of the images of `part`, by their index, as far as there are any; `here` is loaded for it."""
        environment = environment_of(part, here)
        found: dict[int, Path] = {}
        for shot, choices in identities(part, here):
            for identity in choices:
                files = self._files.get(self._key(identity), {})
                if environment in files:
                    found.setdefault(shot.index, files[environment])
                elif files and self._anywhere:
                    found.setdefault(shot.index, next(iter(files.values())))
                elif files:
                    self.elsewhere = differences(next(iter(files)), environment) or ("an older seedtui made them",)
        return found

    def _key(self, identity: Identity) -> Identity:
        return identity._replace(slot=0) if self._any_slot else identity
