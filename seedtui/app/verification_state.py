"""What is known of images: whether they were made again bit for bit, and whether a control equals its pick. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from seedtui.core.images.difference import Difference
from seedtui.core.images.verification import Verdict

Place = tuple[str, int]
"""An image of the session: its round's id, and its index in the round."""

Stage = Literal["reading", "waiting", "loading", "running", "judging"]


@dataclass(frozen=True, slots=True)
class Check:
    """An image that is being verified. `run` is the id by which the worker knows it; no round of the lineage has it.

    `differs` is what differs here from where the image was made, known from the stage ``running`` on.
    """

    place: Place
    label: str
    run: str
    stage: Stage = "reading"
    differs: tuple[str, ...] = ()


class Report(NamedTuple):
    """The last check's outcome, in full; `run` is the id under which the album has what was made again."""

    place: Place
    label: str
    verdict: Verdict
    differs: tuple[str, ...]
    run: str


class Words(NamedTuple):
    """What a cell says of its image. `good`: it is as it should be; None where that is not known yet."""

    text: str
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class Proofs:
    """`check` is the image that is being verified now; `report` is of the last one, until it is put away.

    `verdicts` and `controls` are of this run of the app: they hold here and now. A control's value is how far it is
    from its pick, None if their sizes differ, and `EQUAL` if nothing differs.
    """

    check: Check | None = None
    report: Report | None = None
    verdicts: Mapping[Place, Verdict] = field(default_factory=dict)
    controls: Mapping[Place, Difference | None] = field(default_factory=dict)

    @property
    def to_be_read(self) -> Report | None:
        """The report, if there is more to it than the tick on the image."""
        return self.report if self.report and (self.report.differs or not self.report.verdict.exact) else None

    def begin(self, check: Check) -> Proofs:
        """`check` begins; what was said of the image before is taken back."""
        verdicts = {place: verdict for place, verdict in self.verdicts.items() if place != check.place}
        return replace(self, check=check, report=None, verdicts=verdicts)

    def at(self, stage: Stage, differs: tuple[str, ...] | None = None) -> Proofs:
        """The check is at `stage` now."""
        if self.check is None:
            return self
        differs = self.check.differs if differs is None else differs
        return replace(self, check=replace(self.check, stage=stage, differs=differs))

    def end(self, verdict: Verdict | None) -> Proofs:
        """The check is over; None if it was not brought to its end."""
        check = self.check
        if check is None or verdict is None:
            return replace(self, check=None)
        report = Report(check.place, check.label, verdict, check.differs, check.run)
        return replace(self, check=None, report=report, verdicts={**self.verdicts, check.place: verdict})

    def put_away(self) -> Proofs:
        """The report was read."""
        return replace(self, report=None)

    def with_control(self, place: Place, difference: Difference | None) -> Proofs:
        """The control at `place` was compared with its pick."""
        return replace(self, controls={**self.controls, place: difference})

    def words(self, place: Place) -> Words | None:
        """What there is to say of an image, the check that goes on before all else."""
        if self.check and self.check.place == place:
            return Words("verifying…" if self.check.stage in ("running", "judging") else "to be verified")
        verdict = self.verdicts.get(place)
        if verdict is not None and not verdict.exact:
            return Words(f"✕ {verdict.short}", False)
        if place in self.controls:
            return self._control_words(self.controls[place], verdict)
        return Words("✓ exact", True) if verdict else None

    def _control_words(self, difference: Difference | None, verdict: Verdict | None) -> Words:
        exact = "✓ exact, " if verdict else ""
        if difference is not None and not difference.pixels:
            return Words("✓ exact, = pick" if verdict else "✓ equals the pick", True)
        return Words(f"{exact}≠ pick: {difference.short if difference else 'another size'}", False)


EQUAL = Difference(largest=0, mean=0.0, pixels=0, of=1, squares=0.0)
"""Of two pictures whose pixels have one hash."""
