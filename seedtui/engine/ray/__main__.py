"""The bridge: ``python -m seedtui.engine.ray CONTROL ADDRESS THREADS gpus|cpus``; see `bridge`."""

from __future__ import annotations

import faulthandler
import socket
import sys

from seedtui.core.text.gated_stream import LogStream, gate_output
from seedtui.engine.ray.bridge import Bridge
from seedtui.engine.ray.place import Place

if __name__ == "__main__":
    faulthandler.enable()
    gate_output(LogStream)  # a log is read in a terminal
    control, address, threads, kind = sys.argv[1:]
    place = Place(address, int(threads), use_gpus=kind == "gpus")
    sys.exit(Bridge(socket.socket(fileno=int(control)), place).run())
