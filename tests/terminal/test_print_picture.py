import io
import re

import numpy as np
import pytest

from seedtui.terminal import Terminal
from seedtui.terminal.output.print_picture import print_picture, sample_picture
from tests.support.pictures import drawn, pixels
from tests.support.sixel_decoder import decode
from tests.support.virtual_terminal import Manners, VirtualTerminal


class Tty(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("terminal", "way"),
    [
        (Terminal("kitty", name="kitty"), "kitty"),
        (Terminal("quad", name="xterm"), "quad"),
        (Terminal("quad", name="WezTerm", tmux=True), "quad"),
        (Terminal("ascii"), "ascii"),
        (Terminal("sixel"), "sixel"),
    ],
)
def test_the_way_follows_the_terminal(terminal, way):
    assert print_picture(drawn(), terminal, Tty(), 40, 10) == way


def test_in_a_file_there_are_no_escape_codes():
    out = io.StringIO()
    assert print_picture(drawn(), Terminal("kitty"), out, 40, 10) == "ascii"
    assert out.getvalue().isascii()
    assert "\x1b" not in out.getvalue()
    assert len(out.getvalue().splitlines()) == 10


def test_no_line_is_wrapped():
    out = Tty()
    print_picture(drawn(), Terminal("quad"), out, 40, 30)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()).splitlines()
    assert [len(line) for line in lines] == [40] * 20


def test_a_printed_picture_is_rebuilt():
    out = Tty()
    print_picture(drawn(), Terminal("kitty", cell=(8, 16)), out, 40, 30)
    virtual = VirtualTerminal(60, 30, Manners(), lambda text: None)
    virtual.feed(out.getvalue().replace("\n", "\r\n"))
    assert len(virtual.placeholders()) == 40 * 20


def test_the_sample_shows_colours_and_greys():
    sample = pixels(sample_picture(96))
    assert sample.shape == (96, 96, 3)
    assert np.ptp(sample.astype(int), axis=2).max() > 200
    assert np.ptp(sample[-1].astype(int), axis=1).max() == 0


def test_sixels_fill_whole_cells():
    out = Tty()
    print_picture(drawn(64, 48), Terminal("sixel", cell=(7, 15)), out, 10, 20)
    assert decode(out.getvalue().rstrip("\n")).size == (70, 60)
