"""Several processes of one thread each that train one model in shared memory.

On a CPU that others use too this keeps its pace, where threads that meet at every operation wait for one
another: the processes meet twice a step. Each owns a share of the parameters and updates only these.
"""

import multiprocessing
from collections.abc import Callable
from threading import BrokenBarrierError

import torch
from torch import Tensor, nn

from seedtui.starter.loop import set_rate
from seedtui.starter.muon import build_optimizers, tables

PATIENCE = 900.0
"""Seconds that a process waits for the others before it gives up; compiling takes some."""


class Team:
    """`size` processes training `model`, with `average` its running average. Size 1 is this process alone."""

    def __init__(self, model: nn.Module, average: nn.Module, size: int) -> None:
        self.size = size
        self._context = multiprocessing.get_context("fork")
        self._barrier = self._context.Barrier(size, timeout=PATIENCE)
        self._parameters = list(model.parameters())
        self._tables = tables(model)
        self._averages = list(average.parameters())
        total = sum(parameter.numel() for parameter in self._parameters)
        device = self._parameters[0].device
        self._grads = torch.zeros(size, total, device=device)
        self._control = torch.zeros(2, dtype=torch.float64)
        if size > 1:
            model.share_memory()
            average.share_memory()
            self._grads.share_memory_()
            self._control.share_memory_()
        self._processes: list[multiprocessing.process.BaseProcess] = []

    def start(self, work: Callable[["Member"], None]) -> "Member":
        """Start the others, each doing `work` as a member of its own; returns this process's member."""
        for rank in range(1, self.size):
            process = self._context.Process(target=self._run, args=(work, rank), daemon=True)
            process.start()
            self._processes.append(process)
        return Member(self, 0)

    def stop(self) -> None:
        """Send the others home."""
        self._barrier.abort()
        for process in self._processes:
            process.join(10)

    def _run(self, work: Callable[["Member"], None], rank: int) -> None:
        torch.set_num_threads(1)
        try:
            work(Member(self, rank))
        except BrokenBarrierError:
            return


class Member:
    """One process's part: its gradients, and the parameters that it updates."""

    def __init__(self, team: Team, rank: int) -> None:
        self.rank, self._team = rank, team
        self._views = [self._gradients_of(row) for row in team._grads]
        for parameter, view in zip(team._parameters, self._views[rank], strict=True):
            parameter.grad = view
        self._mine = _shares(team._parameters, team.size)[rank]
        self._optimizers = build_optimizers([team._parameters[index] for index in self._mine], team._tables)

    def _gradients_of(self, row: Tensor) -> list[Tensor]:
        """Each parameter's gradient within a flat row, laid out in memory as the parameter is."""
        views, at = [], 0
        for parameter in self._team._parameters:
            views.append(torch.as_strided(row, parameter.shape, parameter.stride(), row.storage_offset() + at))
            at += parameter.numel()
        return views

    def descend(self, loss: Tensor, *, rate: float = 0.0, follow: float = 0.0) -> None:
        """One step of the whole team: `rate` of learning and the averages' share `follow` are the first's to say.

        Raises threading.BrokenBarrierError when the team has been stopped.
        """
        team = self._team
        team._grads[self.rank].zero_()
        loss.backward()
        if self.rank == 0:
            team._control[0], team._control[1] = rate, follow
        team._barrier.wait()
        self._update(*team._control.tolist())
        team._barrier.wait()

    @torch.no_grad()
    def _update(self, rate: float, follow: float) -> None:
        team, own = self._team, self._views[self.rank]
        for rank, views in enumerate(self._views):
            if rank != self.rank:
                torch._foreach_add_([own[index] for index in self._mine], [views[index] for index in self._mine])
        torch._foreach_div_([own[index] for index in self._mine], team.size)
        set_rate(self._optimizers, rate)
        for optimizer in self._optimizers:
            optimizer.step()
        averages: list[Tensor] = [team._averages[index] for index in self._mine]
        newest: list[Tensor] = [team._parameters[index] for index in self._mine]
        torch._foreach_lerp_(averages, newest, follow)


def _shares(parameters: list[nn.Parameter], size: int) -> list[list[int]]:
    """Indices of parameters for each process, about equal in the work of updating them."""
    cost = [parameter.numel() * min(parameter.shape[0], 512) for parameter in parameters]
    shares: list[list[int]] = [[] for _ in range(size)]
    load = [0] * size
    for index in sorted(range(len(parameters)), key=lambda index: -cost[index]):
        lightest = load.index(min(load))
        shares[lightest].append(index)
        load[lightest] += cost[index]
    return shares
