"""Self-study: a question before the answer (`predict`), and exercises that answer back (`check`)."""

from helpers.exercises.checking import check
from helpers.exercises.predicting import predict

__all__ = ["check", "predict"]
