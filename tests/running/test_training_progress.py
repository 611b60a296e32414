"""A progress bar is shown where a person can see it, and never gets into a stored output."""

from types import SimpleNamespace

import IPython
import pytest
from jupyter_client.manager import start_new_kernel

from helpers.running.training import _watched, fit
from tests.running.test_training import DATA, network


def test_nothing_is_written_where_nobody_watches(capsys):
    fit(network(), DATA, epochs=1)
    assert capsys.readouterr() == ("", "")


def test_a_bar_is_shown_in_a_terminal_unless_it_is_not_wanted(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    fit(network(), DATA, epochs=2, progress=False)
    assert capsys.readouterr().err == ""
    fit(network(), DATA, epochs=2)
    shown = capsys.readouterr().err
    assert "Epoch 1 of 2" in shown
    assert shown.endswith("\r")  # and wiped at the end


@pytest.mark.parametrize("takes_input", [True, False])
def test_a_notebook_is_watched_where_it_could_ask_for_input(monkeypatch, takes_input):
    kernel = SimpleNamespace(get_parent=lambda: {"content": {"allow_stdin": takes_input}})
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=kernel))
    assert _watched() is takes_input


def test_in_a_notebook_a_person_sees_a_bar_and_a_recording_does_not():
    code = """
from torch import nn
from helpers.images.patches import photo_patches
from helpers.running.training import fit
data = photo_patches(["brick", "coins"], size=4, per_class=8, test_per_class=4)
_ = fit(nn.Sequential(nn.Flatten(), nn.Linear(16, 2)), data, epochs=1)
"""
    manager, client = start_new_kernel()
    try:
        shown = {}
        for person in (False, True):
            messages = []
            reply = client.execute_interactive(
                code, allow_stdin=person, stdin_hook=print, output_hook=messages.append, timeout=60
            )
            assert reply["content"]["status"] == "ok"
            kinds = {message["msg_type"] for message in messages}
            shown[person] = kinds & {"display_data", "stream", "execute_result", "comm_open"}
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert shown[False] == set()
    assert "display_data" in shown[True]
