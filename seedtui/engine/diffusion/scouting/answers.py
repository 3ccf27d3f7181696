"""What a denoiser returns in one call, as tensors by image, and built again from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import torch


class AnswerForm(msgspec.Struct, frozen=True):
    """How an answer of the component `net` consists of tensors, each with `listed` and `orders`.

    `fields` are their names in an output class; none for a tuple, or a tensor alone if it is `bare`. A tensor that is
    `listed` was a list of rows. `orders` has its dimensions, from the largest stride to the smallest.
    """

    net: str
    bare: bool
    fields: tuple[str, ...]
    listed: tuple[bool, ...]
    orders: tuple[tuple[int, ...], ...]


def taken_apart(net: str, output: Any) -> tuple[AnswerForm, list[torch.Tensor]] | None:
    """The form and the tensors of `output`, copied; None if it has anything else."""
    bare = isinstance(output, torch.Tensor)
    fields = tuple(output) if isinstance(output, Mapping) else ()
    values = [output] if bare else [*output.values()] if fields else output
    if not isinstance(values, list | tuple) or not values:
        return None
    listed = tuple(isinstance(value, list | tuple) for value in values)
    tensors = [together(value) for value in values]
    if any(tensor is None for tensor in tensors):
        return None
    copies = [tensor.clone() for tensor in tensors if tensor is not None]
    return AnswerForm(net, bare, fields, listed, tuple(map(_order, copies))), copies


def together(value: Any) -> torch.Tensor | None:
    """A tensor itself, or a list of equal ones stacked; None for anything else."""
    if isinstance(value, torch.Tensor):
        return value if value.ndim else None
    if not isinstance(value, list | tuple) or not value or not all(isinstance(row, torch.Tensor) for row in value):
        return None
    return torch.stack([*value]) if len({(row.shape, row.dtype) for row in value}) == 1 else None


def put_together(form: AnswerForm, tensors: Sequence[torch.Tensor]) -> Any:
    """The answer again. One of an output class has its attributes, and its items by number."""
    values = [
        list(tensor) if listed else _in_order(tensor, order)
        for tensor, listed, order in zip(tensors, form.listed, form.orders, strict=True)
    ]
    if form.bare:
        return values[0]
    return _Output(values, form.fields) if form.fields else tuple(values)


class _Output(tuple[Any, ...]):
    """Stands for an output class of Diffusers."""

    def __new__(cls, values: Sequence[Any], fields: Sequence[str]) -> _Output:
        made = super().__new__(cls, values)
        vars(made).update(zip(fields, values, strict=True))
        return made


def _order(tensor: torch.Tensor) -> tuple[int, ...]:
    strides = tensor.stride()
    return tuple(sorted(range(tensor.ndim), key=lambda side: (-strides[side], side)))


def _in_order(tensor: torch.Tensor, order: tuple[int, ...]) -> torch.Tensor:
    """`tensor` with its dimensions laid out in this `order`, which may decide the kernels that follow."""
    back = sorted(range(len(order)), key=order.__getitem__)
    return tensor.permute(order).contiguous().permute(back)
