"""The 297 combining characters that encode the numbers 0 to 296 in kitty's Unicode placeholders.

Source: https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders (rowcolumn-diacritics.txt).
All are marks of combining class 230, in order of code point.
"""

# Hex code points; 483+4 is a run: 483 and the next 4.
_RUNS = """
    305 30d+1 310 312 33d+2 346 34a+2 350+2 357 35b 363+c 483+4 592+3 597+2 59c+5 5a8+1 5ab+1 5af 5c4
    610+7 657+4 65d+1 6d6+6 6df+3 6e4 6e7+1 6eb+1 730 732+1 735+1 73a 73d 73f+2 743 745 747 749+1 7eb+6
    7f3 816+3 81b+8 825+2 829+4 951 953+1 f82+1 f86+1 135d+2 17dd 193a 1a17 1a75+7 1b6b 1b6d+6 1cd0+2
    1cda+1 1ce0 1dc0+1 1dc3+6 1dcb+1 1dd1+15 1dfe 20d0+1 20d4+3 20db+1 20e1 20e7 20e9 20f0 2cef+2 2de0+1f
    a66f a67c+1 a6f0+1 a8e0+11 aab0 aab2+1 aab7+1 aabe+1 aac1 fe20+6 10a0f 10a38 1d185+4 1d1aa+3 1d242+2
"""


def _number_marks() -> tuple[str, ...]:
    runs = ((int(first, 16), int(more or "0", 16)) for first, _, more in (r.partition("+") for r in _RUNS.split()))
    return tuple(chr(first + i) for first, more in runs for i in range(more + 1))


MARKS = _number_marks()
