"""Replaces the scheduler of a loaded pipeline, wherever it is used."""

from __future__ import annotations

import inspect
from typing import Any

import diffusers

from seedtui.core.errors import InputError, one_line
from seedtui.core.recipes.schedulers import scheduler_class, settings_of
from seedtui.engine.diffusion.pipeline_call import inner_pipes


class SchedulerSwap:
    """The scheduler of `pipe` and of the pipelines inside it, of which combined ones such as Kandinsky 2.2 consist."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self._places = [pipe, *inner_pipes(pipe).values()]
        self._own = getattr(pipe, "scheduler", None)

    @property
    def is_own(self) -> bool:
        """Whether the pipeline has its original scheduler."""
        return getattr(self._pipe, "scheduler", None) is self._own

    def set(self, name: str | None) -> str | None:
        """Set the scheduler `name`, a short name or a class; None for the pipeline's own.

        Returns the name to record: the class, or the short name if that implies settings. None if the pipeline has no
        scheduler.

        Raises:
            InputError: the scheduler is unknown, or does not fit.
        """
        if self._own is None:
            if name:
                raise InputError(f"{type(self._pipe).__name__} has no scheduler to replace", "Leave it out")
            return None
        own = type(self._own).__name__
        wanted, settings = (scheduler_class(name), settings_of(name)) if name else (own, {})
        scheduler = self._own if wanted == own and not settings else self._made(wanted, settings)
        for place in self._places:
            place.scheduler = scheduler
        return name.lower() if name and settings else wanted

    def _made(self, wanted: str, settings: dict[str, Any]) -> Any:
        cls = getattr(diffusers, wanted, None)
        if cls is None or not hasattr(cls, "from_config"):
            raise InputError(f"this Diffusers has no {wanted}", "Choose another scheduler")
        assert self._own is not None
        try:
            made = cls.from_config(self._own.config, **settings)
        except (TypeError, ValueError, NotImplementedError, ImportError) as error:
            raise self.unfit(wanted, error) from error
        shifted = getattr(self._own.config, "use_dynamic_shifting", False)
        if shifted and "mu" not in inspect.signature(made.set_timesteps).parameters:
            raise self.unfit(wanted, "this model shifts its schedule with the image size")
        return made

    def unfit(self, scheduler: str, why: object) -> InputError:
        """The error if `scheduler` does not work in this pipeline."""
        return InputError(
            f"{scheduler} does not fit {type(self._pipe).__name__}: {one_line(why, 120)}",
            f"Leave out the scheduler: the model's own is {type(self._own).__name__}",
        )
