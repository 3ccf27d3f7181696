"""``python -m seedtui.engine.diffusion.baseline``: the guide's plain script, for `seedtui bench`.

Reads one JSON `Ask` per line and answers each with one JSON `Answer`. No code of seedtui runs between the call and its
images.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from seedtui.engine.wire.baseline_protocol import Answer, Ask


class Script:
    """The guide's code, split into one method per request."""

    def load(self, ask: Ask) -> Answer:
        import diffusers
        import torch

        from seedtui.engine.diffusion.loading.load import choose_device, choose_dtype, load_pipeline

        self.device = choose_device(ask.device)
        self.dtype = choose_dtype(ask.dtype, self.device)
        if Path(ask.path).is_file():
            self.pipe = load_pipeline(Path(ask.path), self.dtype, self.device, lambda *at: None)
        else:
            self.pipe = diffusers.DiffusionPipeline.from_pretrained(
                ask.path, dtype=self.dtype, use_safetensors=True, local_files_only=True, variant=ask.variant
            )
            self.pipe.to(self.device)
        self.pipe.set_progress_bar_config(disable=True)
        on_gpu = self.device.startswith("cuda")
        return Answer(
            device=self.device, device_name=torch.cuda.get_device_name(self.device) if on_gpu else "",
            dtype=str(self.dtype).removeprefix("torch."), torch=str(torch.__version__),
            diffusers=diffusers.__version__, threads=torch.get_num_threads(),
        )  # fmt: skip

    def round(self, ask: Ask) -> Answer:
        from seedtui.engine.diffusion.memory.low_memory import forget_peak, peak

        forget_peak(self.device)
        self._call(ask, ask.steps)
        return Answer(peak=peak(self.device))

    def work(self, ask: Ask) -> Answer:
        """Count the FLOP of a round at two step counts, from which those of any other can be extrapolated."""
        from torch.utils.flop_counter import FlopCounterMode

        found = []
        for steps in (2, 3):
            with FlopCounterMode(display=False) as counter:
                self._call(ask, steps)
            found.append(float(counter.get_total_flops()))
        return Answer(flop=(found[0], found[1]))

    def matmul(self, ask: Ask) -> Answer:
        """The rate of the fastest of several square matrix products, each of 2 n^3 FLOP."""
        import torch

        side = 1024 if self.device == "cpu" else 8192
        one, other = (torch.randn(side, side, device=self.device, dtype=self.dtype) for _ in range(2))
        best = float("inf")
        for _ in range(6):
            self._wait()
            began = time.perf_counter()
            torch.mm(one, other)
            self._wait()
            best = min(best, time.perf_counter() - began)
        return Answer(rate=2 * side**3 / best)

    def _call(self, ask: Ask, steps: int) -> Any:
        import torch

        given: dict[str, Any] = {"width": ask.width, "height": ask.height} if ask.width else {}
        if ask.guidance is not None:
            given["guidance_scale"] = ask.guidance
        generator = [torch.Generator(self.device).manual_seed(seed) for seed in range(ask.batch)]
        return self.pipe(
            prompt=ask.prompt, generator=generator, num_images_per_prompt=ask.batch, num_inference_steps=steps, **given
        ).images

    def _wait(self) -> None:
        import torch

        accelerator = getattr(torch, torch.device(self.device).type)
        if hasattr(accelerator, "synchronize"):
            accelerator.synchronize()


def main() -> None:
    """Answer until the end of input; everything else that is printed goes to stderr."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    script, decoder = Script(), msgspec.json.Decoder(Ask)
    for line in sys.stdin.buffer:
        ask = decoder.decode(line)
        began = time.perf_counter()
        try:
            answer: Answer = getattr(script, ask.do)(ask)
        except Exception as error:  # returned to the caller, which reports it
            answer = Answer(error=f"{type(error).__name__}: {error}")
        answer = msgspec.structs.replace(answer, seconds=time.perf_counter() - began)
        answers.write(msgspec.json.encode(answer) + b"\n")


if __name__ == "__main__":
    main()
