"""The lines of a plain Diffusers program that repeat the adjustments an image was made with."""

from __future__ import annotations

from seedtui.core.rounds.adjustments import Adjustments


def adjusting(adjustments: Adjustments) -> list[str]:
    """Lines that use the names `torch`, `pipe`, `generator`, `seeds`, and `functools` to pass generators on."""
    lines: list[str] = []
    if adjustments.step_noise == "generators":
        lines += [
            "# The pipeline does not pass the generators to its scheduler, which draws noise at each step.",
            "pipe.scheduler.step = functools.partial(pipe.scheduler.step, generator=generator)",
        ]
    if adjustments.step_noise == "seeds":
        lines += [
            "# Each image has its own noise for the steps.",
            "pipe.scheduler.noise_sampler_seed = seeds",
        ]
    if adjustments.float32_decoder:
        lines += _DECODER
    if adjustments.global_seed is not None:
        lines += [
            "# Some noise comes from the global generators.",
            f"torch.manual_seed({adjustments.global_seed})",
        ]
    return lines


_DECODER = """
# Where the decoder gives NaN, a black picture, decode again in float32.
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
