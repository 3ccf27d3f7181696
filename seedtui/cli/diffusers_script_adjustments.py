"""The lines of a plain Diffusers program that adjust its call as that of an image was, just before it."""

from __future__ import annotations

from seedtui.core.rounds.adjustments import Adjustments


def adjusting(adjustments: Adjustments) -> list[str]:
    """The names `torch`, `pipe`, `generator` and `seeds` are there, and `functools` if generators are handed over."""
    lines: list[str] = []
    if adjustments.step_noise == "generators":
        lines += [
            "# The pipeline does not pass them on to the scheduler, which draws noise in its steps.",
            "pipe.scheduler.step = functools.partial(pipe.scheduler.step, generator=generator)",
        ]
    if adjustments.step_noise == "seeds":
        lines += ["# One source of noise for the steps of each image.", "pipe.scheduler.noise_sampler_seed = seeds"]
    if adjustments.float32_decoder:
        lines += _DECODER
    if adjustments.global_seed is not None:
        lines += [
            "# Some noise is drawn from the global generators.",
            f"torch.manual_seed({adjustments.global_seed})",
        ]
    return lines


_DECODER = """
# The decoder gives NaN, a black picture: those images are decoded again in float32.
decoder = next(filter(None, (getattr(pipe, name, None) for name in ("vae", "movq", "vqgan", "vqvae"))))
plain_decode = decoder.decode


def decode(latents, *args, **options):
    decoded = plain_decode(latents, *args, **options)
    image, dtype = decoded[0], decoder.dtype
    decoder.to(torch.float32)
    again = plain_decode(latents.float(), *args, **options)[0].to(image.dtype)
    decoder.to(dtype)
    black = image.flatten(1).isnan().any(1).view(-1, *[1] * (image.ndim - 1))
    image = torch.where(black, again, image)
    return (image,) if isinstance(decoded, tuple) else type(decoded)(sample=image)


decoder.decode = decode
""".splitlines()
