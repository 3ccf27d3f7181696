"""What is known of images: whether they were made again bit for bit, and whether a control equals its pick. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from seedtui.core.images.difference import Difference
from seedtui.core.images.verification import Verdict

ImageRef = tuple[str, int]
"""An image of the session: its round's id, and its index in the round."""

Stage = Literal["reading", "waiting", "loading", "running", "judging"]


@dataclass(frozen=True, slots=True)
class RunningVerification:
    """An image that is being verified. `run` is the id by which the worker knows it; no round of the lineage has it.

    `differs` is what differs here from where the image was made, known from the stage ``running`` on.
    """

    place: ImageRef
    label: str
    run: str
    stage: Stage = "reading"
    differs: tuple[str, ...] = ()


class VerificationReport(NamedTuple):
    """The last check's outcome, in full; `run` is the id under which the picture cache has what was made again."""

    place: ImageRef
    label: str
    verdict: Verdict
    differs: tuple[str, ...]
    run: str


class CellNote(NamedTuple):
    """What a cell says of its image. `good`: it is as it should be; None where that is not known yet."""

    text: str
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class VerificationState:
    """`check` is the image that is being verified now; `report` is of the last one, until it is put away.

    `verdicts` and `controls` are of this run of the app: they hold here and now. A control's value is how far it is
    from its pick, None if their sizes differ, and `EQUAL` if nothing differs.
    """

    check: RunningVerification | None = None
    report: VerificationReport | None = None
    verdicts: Mapping[ImageRef, Verdict] = field(default_factory=dict)
    controls: Mapping[ImageRef, Difference | None] = field(default_factory=dict)

    @property
    def to_be_read(self) -> VerificationReport | None:
        """The report, if there is more to it than the tick on the image."""
        return self.report if self.report and (self.report.differs or not self.report.verdict.exact) else None

    def begin(self, check: RunningVerification) -> VerificationState:
        """`check` begins; what was said of the image before is taken back."""
        verdicts = {place: verdict for place, verdict in self.verdicts.items() if place != check.place}
        return replace(self, check=check, report=None, verdicts=verdicts)

    def at(self, stage: Stage, differs: tuple[str, ...] | None = None) -> VerificationState:
        """The check is at `stage` now."""
        if self.check is None:
            return self
        differs = self.check.differs if differs is None else differs
        return replace(self, check=replace(self.check, stage=stage, differs=differs))

    def end(self, verdict: Verdict | None) -> VerificationState:
        """The check is over; None if it was not brought to its end."""
        check = self.check
        if check is None or verdict is None:
            return replace(self, check=None)
        report = VerificationReport(check.place, check.label, verdict, check.differs, check.run)
        return replace(self, check=None, report=report, verdicts={**self.verdicts, check.place: verdict})

    def put_away(self) -> VerificationState:
        """The report was read."""
        return replace(self, report=None)

    def with_control(self, place: ImageRef, difference: Difference | None) -> VerificationState:
        """The control at `place` was compared with its pick."""
        return replace(self, controls={**self.controls, place: difference})

    def words(self, place: ImageRef) -> CellNote | None:
        """What there is to say of an image, the check that goes on before all else."""
        if self.check and self.check.place == place:
            return CellNote("verifying…" if self.check.stage in ("running", "judging") else "to be verified")
        verdict = self.verdicts.get(place)
        if verdict is not None and not verdict.exact:
            return CellNote(f"✕ {verdict.short}", False)
        if place in self.controls:
            return self._control_words(self.controls[place], verdict)
        return CellNote("✓ exact", True) if verdict else None

    def _control_words(self, difference: Difference | None, verdict: Verdict | None) -> CellNote:
        exact = "✓ exact, " if verdict else ""
        if difference is not None and not difference.pixels:
            return CellNote("✓ exact, = pick" if verdict else "✓ equals the pick", True)
        return CellNote(f"{exact}≠ pick: {difference.short if difference else 'different size'}", False)


EQUAL = Difference(largest=0, mean=0.0, pixels=0, of=1, squares=0.0)
"""Of two pictures whose pixels have one hash."""
