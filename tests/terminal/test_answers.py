from hypothesis import given
from hypothesis import strategies as st

from seedtui.terminal.probe.answers import QUERY_ID, Answers, parse, split_version

VERSION = b"\x1bP>|kitty(0.41.1)\x1b\\"
GRAPHICS = b"\x1b_Gi=%d;OK\x1b\\" % QUERY_ID
CELL = b"\x1b[6;17;8t"
AREA = b"\x1b[4;748;1204t"
SIZE = b"\x1b[8;44;150t"
REPORT = b"\x1b[4;6R"
ATTRIBUTES = b"\x1b[?62;4;22c"
STATUS = b"\x1b[0n"

keys = st.sampled_from([b"\x1b[A", b"\x1bOP", b"\x1b[1;5C", b"\x1b[I", b"\x1b[<0;3;4M", b"\r", b"\x7f", b"\t", b"\x01"])
words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=4).map(str.encode)
answers = st.sampled_from([VERSION, GRAPHICS, CELL, AREA, SIZE, REPORT, ATTRIBUTES, STATUS])


def test_all_answers():
    assert parse(VERSION + GRAPHICS + CELL + AREA + SIZE + REPORT + ATTRIBUTES) == Answers(
        "kitty", "0.41.1", True, (8, 17), (1204, 748), (150, 44), (62, 4, 22), ((4, 6),), done=True
    )
    assert parse(STATUS) == Answers(done=True)


def test_a_terminal_that_has_no_pictures():
    assert parse(b"\x1b_Gi=%d;ENOTSUPPORTED:no\x1b\\" % QUERY_ID).graphics is False
    assert parse(ATTRIBUTES).graphics is None
    assert parse(ATTRIBUTES).claims_sixel
    assert not parse(b"\x1b[?1;2c").claims_sixel
    assert parse(b"").claims_sixel is None


def test_an_answer_to_another_program_is_no_answer():
    assert parse(b"\x1b_Gi=31;OK\x1b\\") == Answers()


@given(st.lists(st.one_of(words.map(lambda w: (w, w)), keys.map(lambda k: (k, b"")), answers.map(lambda a: (a, b"")))))
def test_what_is_typed_between_answers_is_given_back(parts):
    got = parse(b"".join(part for part, _ in parts))
    assert got.typed == b"".join(text for _, text in parts).decode()


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(data):
    got = parse(data)
    assert got.typed.isprintable()


@given(st.lists(st.one_of(st.binary(max_size=8), answers), max_size=12).map(b"".join), st.integers(0, 200))
def test_answers_cut_off_anywhere_leave_no_control_characters(data, cut):
    got = parse(data[:cut])
    assert (got.typed + got.name + got.version).isprintable()
    assert got.cell is None or min(got.cell) >= 1


@given(st.permutations([VERSION, GRAPHICS, CELL, ATTRIBUTES]))
def test_the_order_does_not_matter(parts):
    assert parse(b"".join(parts)) == parse(VERSION + GRAPHICS + CELL + ATTRIBUTES)


def test_a_cell_of_no_sensible_size_is_ignored():
    assert parse(b"\x1b[6;0;0t").cell is None
    assert parse(b"\x1b[6;1;900t").cell is None


def test_a_cell_need_not_have_whole_pixels():
    assert parse(CELL + AREA + SIZE).pixels == (1204 / 150, 17)
    assert parse(AREA + SIZE).pixels == (1204 / 150, 17)
    assert parse(CELL).pixels == parse(CELL + AREA).pixels == (8, 17)
    assert parse(b"").pixels is None
    assert parse(AREA + b"\x1b[8;0;0t").pixels is None


def test_an_area_with_a_margin_does_not_count():
    assert parse(CELL + b"\x1b[4;900;1204t" + SIZE).pixels == (8, 17)


def test_names_and_versions():
    assert split_version("kitty(0.41.1)") == ("kitty", "0.41.1")
    assert split_version("tmux 3.5a") == ("tmux", "3.5a")
    assert split_version("ghostty 1.1.3-arch2") == ("ghostty", "1.1.3-arch2")
    assert split_version("WezTerm 20240203-110809-5046fc22") == ("WezTerm", "20240203-110809-5046fc22")
    assert split_version("") == ("", "")
