"""Self-study: a question before the answer (`predict`), and exercises that answer back (`check`)."""

from helpers.lessons.checking import check
from helpers.lessons.predicting import predict

__all__ = ["check", "predict"]
