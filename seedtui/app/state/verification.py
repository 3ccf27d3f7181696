"""What is known of images: whether they were made again bit for bit, and whether a control equals its pick. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from seedtui.app.state.job import ImageRef, ImageVerification
from seedtui.core.images.difference import Difference
from seedtui.core.images.verification import Verdict


class VerificationReport(NamedTuple):
    """The full outcome of the last verification; `run` is the new image's id in the picture cache."""

    image: ImageRef
    label: str
    verdict: Verdict
    differs: tuple[str, ...]
    run: str


class CellNote(NamedTuple):
    """What a cell says about its image. `good`: as it should be; None if not known yet."""

    text: str
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class VerificationState:
    """`batch` are the images that were asked for together, and `rest` those of them whose turn has not come.

    `images` are being verified, in the order in which they began: one, or several by a pool. `report` is that of the
    last verification, until dismissed.

    `verdicts` and `controls` are from this run of the app: they hold here and now. A control's value is how far it is
    from its pick, None if their sizes differ, and `EQUAL` if nothing differs.
    """

    batch: tuple[ImageRef, ...] = ()
    rest: tuple[ImageRef, ...] = ()
    images: tuple[ImageVerification, ...] = ()
    report: VerificationReport | None = None
    verdicts: Mapping[ImageRef, Verdict] = field(default_factory=dict)
    controls: Mapping[ImageRef, Difference | None] = field(default_factory=dict)

    def of_run(self, run: str) -> ImageVerification | None:
        """That with this id at the worker."""
        return next((one for one in self.images if one.run == run), None)

    def of_image(self, image: ImageRef) -> ImageVerification | None:
        """That of this image."""
        return next((one for one in self.images if one.image == image), None)

    @property
    def at_worker(self) -> tuple[ImageVerification, ...]:
        """Those that the worker has."""
        return tuple(one for one in self.images if one.stage in ("loading", "running"))

    @property
    def first_run(self) -> str:
        """The first of those that the worker has, "" if it has none."""
        return next((one.run for one in self.at_worker), "")

    @property
    def words(self) -> str:
        """What the worker does for them: ``verifying seed 0``, or ``verifying 8 images`` if so many are left; "" if it
        has none.
        """
        left = len(self.rest) + sum(one.stage != "judging" for one in self.images)
        if not self.at_worker:
            return ""
        return f"verifying {left} images" if left > 1 else f"verifying {self.at_worker[0].label}"

    @property
    def to_be_read(self) -> VerificationReport | None:
        """The report, if it says more than the tick on the image."""
        return self.report if self.report and (self.report.differs or not self.report.verdict.exact) else None

    @property
    def summary(self) -> str:
        """The outcome of the batch: ``5 exact, 1 differs``."""
        verdicts = [self.verdicts.get(image) for image in self.batch]
        exact = sum(verdict is not None and verdict.exact for verdict in verdicts)
        differ = sum(verdict is not None and not verdict.exact for verdict in verdicts)
        missing = len(verdicts) - exact - differ
        words = f"{exact} exact", f"{differ} differ{'s' * (differ == 1)}" * bool(differ)
        return "verified: " + ", ".join(filter(None, (*words, f"{missing} not verified" * bool(missing))))

    def note(self, image: ImageRef) -> CellNote | None:
        """What is known of an image."""
        verdict = self.verdicts.get(image)
        if verdict is not None and not verdict.exact:
            return CellNote(f"✕ {verdict.short}", False)
        if image in self.controls:
            return _control_note(self.controls[image], verdict)
        return CellNote("✓ exact", True) if verdict else None


def _control_note(difference: Difference | None, verdict: Verdict | None) -> CellNote:
    exact = "✓ exact, " if verdict else ""
    if difference is not None and not difference.pixels:
        return CellNote("✓ exact, = pick" if verdict else "✓ equals the pick", True)
    return CellNote(f"{exact}≠ pick: {difference.short if difference else 'different size'}", False)


EQUAL = Difference(largest=0, mean=0.0, pixels=0, of=1, squares=0.0)
"""The difference of two pictures with the same pixel hash."""
