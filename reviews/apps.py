from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Experts, recusal, draw and assignment, scores, ranking; prepares decisions."""

    name = "reviews"
    verbose_name = "评审"

    def ready(self):
        from applications import guards_review
        from applications.backoffice import history
        from notifications import duedates, openitems
        from reviews import draw_jobs, due, papers, todo
        from reviews.actions import ACTS, ASSIGN, RECUSE
        from reviews.actions_draw import APPROVE_CHANGE, DISCARD_CHANGE, PREPARE_CHANGE
        from reviews.workflow import recusing

        history.LABELS |= {act.name: act.label for act in (*ACTS.values(), ASSIGN, RECUSE)}
        history.LABELS |= {act.name: act.label for act in (PREPARE_CHANGE, APPROVE_CHANGE, DISCARD_CHANGE)}
        history.LABELS |= {"set_round_aside": "会议表决结果作废，重新表决"}
        duedates.register("reviews", due.due_items)
        openitems.register("reviews", todo.open_items)
        guards_review.register_review(recusing.review_is_clean)
        papers.register()
        draw_jobs.register()
