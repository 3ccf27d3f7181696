"""What the worker can be doing: a round, or the verification of images. A pool can do several at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from seedtui.app.state.activity import Activity

ImageRef = tuple[str, int]
"""An image of the session: its round's id, and its index in the round."""


class ImagePath(NamedTuple):
    """Where the file of an image is."""

    image: ImageRef
    path: str


Stage = Literal["reading", "waiting", "loading", "running", "judging"]


@dataclass(frozen=True, slots=True)
class RoundJob:
    """A round of the session. `cancelling`: the worker was told to stop it, or will be given no more of it.

    `activity` is how far it was when last heard of, while another job is in the foreground.
    """

    round_id: str
    cancelling: bool = False
    activity: Activity = field(default_factory=Activity, compare=False)


@dataclass(frozen=True, slots=True)
class VerificationJob:
    """Images are made again, to be compared: those of `VerificationState.at_worker`."""


@dataclass(frozen=True, slots=True)
class ImageVerification:
    """An image that is being verified. `run` is its id at the worker; no round of the session has it.

    The worker has it in the stages ``loading`` and ``running``. `differs` is what differs here from where the image
    was made, known from the stage ``running`` on.
    """

    image: ImageRef
    label: str
    run: str
    stage: Stage = "reading"
    differs: tuple[str, ...] = ()


Job = RoundJob | VerificationJob
