"""The final image as a scheduler predicts it in one step, in latents: x0."""

from __future__ import annotations

from typing import Any

import torch


def predicted_image(
    scheduler: Any, stepped: Any, answer: Any, timestep: Any, sample: Any, latents: torch.Tensor
) -> torch.Tensor:  # fmt: skip
    """x0 after ``stepped = scheduler.step(answer, timestep, sample)``; `latents` where it cannot be found.

    `answer` is what the denoiser predicted for `sample`, guidance included; `latents` are the ones after the step. All
    have the same shape, (batch, ...).
    """
    try:
        found = _predicted(scheduler, stepped, answer, timestep, sample)
    except (AttributeError, IndexError, KeyError, RuntimeError, TypeError):  # another version of Diffusers, or class
        return latents
    return found if isinstance(found, torch.Tensor) and found.shape == latents.shape else latents


def _predicted(scheduler: Any, stepped: Any, answer: Any, timestep: Any, sample: Any) -> Any:
    name, config = type(scheduler).__name__, scheduler.config
    if name.startswith("FlowMatch"):  # on a straight line from the noise, at time 1, to the image
        return sample.float() - timestep / config.num_train_timesteps * answer.float()
    if outputs := getattr(scheduler, "model_outputs", None):  # multistep solvers keep what they predict
        if config.get("predict_x0") or str(config.get("algorithm_type")).endswith("dpmsolver++"):
            return outputs[-1]
        alpha, sigma = scheduler._sigma_to_alpha_sigma_t(scheduler.sigmas[scheduler.step_index - 1])
        return (sample.float() - sigma * outputs[-1].float()) / alpha
    if name in ("PNDMScheduler", "TCDScheduler"):
        alpha = scheduler.alphas_cumprod[timestep] ** 0.5
        sigma = (1 - alpha**2) ** 0.5
        match config.prediction_type:
            case "epsilon":
                return (sample.float() - sigma * answer.float()) / alpha
            case "v_prediction":
                return alpha * sample.float() - sigma * answer.float()
            case "sample":
                return answer
    return stepped[1] if isinstance(stepped, tuple) and len(stepped) > 1 else None
