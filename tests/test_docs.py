"""What docs say and the code does are the same."""

import re
from html import unescape
from pathlib import Path

from applications.models import Application

STATES = Path(__file__).parent.parent / "docs/states.svg"


def test_the_picture_of_the_states_is_the_table():
    drawn = {
        (*(end.rpartition(".")[2] for end in unescape(title).split("->")), label)
        for title, label in re.findall(
            r'class="edge">\s*<title>([^<]+)</title>.*?<text [^>]*>([^<]+)</text>', STATES.read_text(), re.S
        )
    }
    table = {
        (str(transition.source), str(transition.target), transition.name)
        for transition in Application(state="draft").get_all_state_transitions()
    }
    assert drawn == table
