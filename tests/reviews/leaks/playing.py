"""The whole scene, in the order of its days."""

from datetime import timedelta

from jbgs.lib import clock
from tests.cast import RECOMMENDING
from tests.reviews.leaks.scene import Scene, first_call, open_feeds, review_first
from tests.reviews.leaks.scene_blind import blind_call_filed, review_blind
from tests.reviews.leaks.scene_draw import look_again, play_draw


def play() -> Scene:
    """Build everything; some seconds."""
    scene = first_call()
    blind_call_filed(scene)
    review_first(scene)
    with clock.travel(RECOMMENDING + timedelta(days=1)):
        play_draw(scene)
        look_again(scene)
    review_blind(scene)
    open_feeds(scene)
    return scene
