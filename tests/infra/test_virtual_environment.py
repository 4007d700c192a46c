"""What `make` prints while it sets up the environment."""

import io
import sys
from itertools import count
from pathlib import Path

import pytest

from infra.terminal import Style, style_of
from infra.virtual_environment import Progress, SetupFailed, main, run


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_steps_are_lines_where_the_output_is_no_terminal() -> None:
    out, times = io.StringIO(), count(step=6)
    progress = Progress(out, Style(enabled=False), lambda: float(next(times)))
    progress.begin("making .venv")
    for number in range(3):
        progress.update(f"line {number}")
    progress.end()
    assert out.getvalue().splitlines()[0] == "  1/3  making .venv"
    assert "line" in out.getvalue()
    assert "\r" not in out.getvalue()


def test_a_step_is_one_line_of_a_terminal() -> None:
    out, times = Terminal(), count(step=1)
    progress = Progress(out, Style(enabled=False), lambda: float(next(times)))
    progress.begin("making .venv")
    progress.update("Collecting msgspec")
    progress.end()
    assert out.getvalue().count("\n") == 1
    assert "1 s  Collecting msgspec" in out.getvalue()
    assert out.getvalue().endswith("done in 2 s\n")


def test_a_failed_command_shows_its_last_lines() -> None:
    progress = Progress(io.StringIO(), Style(enabled=False), lambda: 0.0)
    code = "for n in range(30): print('line', n)\nraise SystemExit(3)"
    with pytest.raises(SetupFailed, match="line 29") as failed:
        run([sys.executable, "-c", code], progress)
    assert "line 9\n" not in str(failed.value)


def test_nothing_is_printed_where_nothing_is_to_be_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / ".ready").write_text("built\n")
    assert main("built", tmp_path) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("stream", "environ", "coloured"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_only_a_terminal_gets_colours(stream: io.StringIO, environ: dict[str, str], *, coloured: bool) -> None:
    style = style_of(stream, environ)
    for paint in (style.bold, style.dim, style.good, style.link, style.warning):
        assert ("\x1b[" in paint("text")) == coloured
        assert "text" in paint("text")
